// Analyses a model: reads and scores layer by layer, and yields events.
import type { LayoutOverrides } from '../architectures/inferLayout.ts';
import { type AsyncQueue, createAsyncQueue } from '../asyncQueue.ts';
import type { ChosenEngine, Engine } from '../engines/index.ts';
import { QKError, toWire } from '../errors.ts';
import { raceWithAbort } from '../raceWithAbort.ts';
import { reportWait } from '../reportWait.ts';
import type { ModelChoice, Repo } from '../repos/index.ts';
import {
  type AnalysisResult,
  type ByteCounts,
  createEngineLog,
  type EngineUse,
  engineNotes,
  type HeadResult,
  type LayerResult,
  RESULT_SCHEMA,
  RESULT_VERSION,
  recomputedNotes,
  type StackResult,
} from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';
import { EARLIER_REFUSED, type EarlierScores, takeOver } from './earlierScores.ts';
import type { AnalysisEvent, WaitsFor } from './events.ts';
import { createLayerReader, type LayerMemory, ringOf } from './layerReader.ts';
import { type AnalysisPlan, planAnalysis } from './plan.ts';
import { scoreLayer } from './scoreLayer.ts';

/** Byte counts are reported at most this often. */
const BYTES_EVENT_MS = 100;

/** What the pipeline needs from outside; all injected, so that it runs in a worker, in Node and in tests alike. */
export interface AnalysisDeps {
  openRepo(choice: ModelChoice, signal: AbortSignal): Promise<Repo>;
  chooseEngine(): Promise<ChosenEngine>;
  /**
   * Returns the next engine when this one was lost mid-run; null when there is none or the user insists on this one.
   */
  replaceEngine(lost: Engine, why: QKError): Promise<ChosenEngine | null>;
  /**
   * Allocates memory for a layer’s bytes where the engine has none; by default memory of this thread alone. Into
   * shared memory several threads read a local file at once.
   */
  allocate?(bytes: number): Uint8Array;
  now(): number;
  /** ISO date and time. */
  date(): string;
  readonly appVersion: string;
}

export interface AnalysisRequest {
  readonly choice: ModelChoice;
  readonly layoutOverrides?: LayoutOverrides | undefined;
  /** The default is raw weights. */
  readonly convention?: Convention | undefined;
  /** Ends with the plan: no weight is read. */
  readonly headersOnly?: boolean | undefined;
  /** Layers that needn't be read again, where the weights and their reading are the same (earlierScores.ts). */
  readonly earlier?: EarlierScores | undefined;
}

/** A layer that an engine is at. Its buffer is kept: should the engine be lost, another one takes it. */
interface LayerUnderWay {
  readonly at: number;
  readonly buffer: Uint8Array;
  readonly engine: Engine;
  readonly scored: Promise<HeadResult[] | QKError>;
  /** Heads that are scored before the whole layer is. */
  readonly finished: AsyncQueue<readonly HeadResult[]>;
}

/**
 * Opens a model and scores it layer by layer: reads layer k + 1 while layer k is computed. Memory is two layers'
 * bytes (three where the engine takes a layer while it computes another, or more small ones within 32 MB) and what the
 * engine holds, whatever the model's size. What was scored before a failure or a cancellation has been reported.
 */
export async function* analyse(
  request: AnalysisRequest,
  deps: AnalysisDeps,
  signal: AbortSignal,
): AsyncGenerator<AnalysisEvent> {
  const began = deps.now();
  let close = async () => {};
  try {
    const waiting = (what: WaitsFor) => ({ type: 'waiting', what }) as const;
    const repo = yield* reportWait(deps.openRepo(request.choice, signal), waiting('files'), signal);
    const planned = planAnalysis(repo, request.layoutOverrides, signal, request.convention);
    const answer = yield* reportWait(planned, waiting('headers'), signal);
    if (answer.kind === 'question') {
      const { question, notes } = answer;
      yield { type: 'question', question, notes };
      return;
    }
    const { plan } = answer;
    let chosen = yield* reportWait(deps.chooseEngine(), waiting('engine'), signal);
    // A content hash is over all the weights: they are read again.
    const earlier = repo.contentHash === undefined ? request.earlier : undefined;
    const taken = earlier && takeOver(plan, request.layoutOverrides ?? {}, earlier);
    const toRead = plan.layers.filter((layer) => !taken?.has(layer));
    const readBefore = plan.bytes.read + sumOf([...(taken?.keys() ?? [])], (layer) => layer.plan.bufferBytes);
    let bytes: ByteCounts = { ...plan.bytes, read: readBefore };
    const engines = createEngineLog();
    const stacks = plan.stacks.map(({ name, shape, headsFrom, layers }) => ({
      ...{ name, shape },
      ...(headsFrom === undefined ? {} : { headsFrom }),
      layers: [...layers],
    }));
    yield {
      type: 'plan',
      model: plan.model,
      shape: plan.shape,
      engine: engineUse(chosen),
      bytes,
      convention: plan.convention,
      stacks: plan.stacks,
      notes: taken === null ? [EARLIER_REFUSED, ...plan.notes] : plan.notes,
      weightsOptions: plan.weightsOptions,
    };
    if (request.headersOnly) {
      yield { type: 'headersRead' };
      return;
    }
    const setRow = (stack: string, row: LayerResult) => {
      const rows = stacks.find(({ name }) => name === stack)!.layers;
      rows[rows.findIndex(({ layer }) => layer === row.layer)] = row;
    };
    for (const { stack, row, engine } of taken?.values() ?? []) {
      setRow(stack, row);
      engines.note(stack, row.layer, engine);
      yield { type: 'layer', stack, layer: row, engine };
    }

    const ring = ringOf(toRead, chosen.engine.describe().overlaps);
    const { engine: allocator } = chosen;
    const allocate = (size: number): LayerMemory =>
      allocator.allocateShared?.(size) ?? { bytes: deps.allocate?.(size) ?? new Uint8Array(size) };
    const isRemote = plan.model.source === 'hub';
    const reader = createLayerReader(toRead, { ring, isRemote, allocate }, signal);
    const underWay = new Set<Promise<unknown>>();
    close = async () => {
      await Promise.allSettled(underWay);
      await reader.close();
    };
    const begin = (at: number, buffer: Uint8Array): LayerUnderWay => {
      const { engine } = chosen;
      const finished = createAsyncQueue<readonly HeadResult[]>();
      const scored = scoreLayer(engine, toRead[at]!, buffer, signal, finished.push);
      // It is awaited later; until then a failure must not count as unhandled.
      scored.catch(() => {});
      underWay.add(scored);
      return { at, buffer, engine, scored, finished };
    };
    async function* finish(layer: LayerUnderWay): AsyncGenerator<AnalysisEvent> {
      const { stack, plan: of } = toRead[layer.at]!;
      const isScored = layer.scored.then(() => null);
      for (;;) {
        const arrived = await raceWithAbort(Promise.race([isScored, layer.finished.drain()]), signal);
        if (arrived === null) break;
        yield { type: 'heads', stack, layer: of.layout.layer, heads: arrived.flat() };
      }
      let { engine } = layer;
      let scored = await layer.scored;
      // Damaged weights are the file's fault: no other engine reads them either.
      while (scored instanceof QKError && scored.code !== 'file-damaged') {
        // Two layers may be under way when an engine is lost: the first one replaces it for both.
        if (engine === chosen.engine) {
          const next = await raceWithAbort(deps.replaceEngine(engine, scored), signal);
          if (next === null) break;
          chosen = next;
          yield { type: 'engine', engine: engineUse(chosen) };
        }
        engine = chosen.engine;
        scored = await scoreLayer(engine, toRead[layer.at]!, layer.buffer, signal);
      }
      underWay.delete(layer.scored);
      reader.release(layer.at);
      const rows = stacks.find(({ name }) => name === stack)!.layers;
      const unscored = rows.find((row) => row.layer === of.layout.layer)!;
      const row: LayerResult =
        scored instanceof QKError
          ? { ...unscored, skipped: { code: skipCodeOf(scored), reason: scored.message } }
          : { ...unscored, heads: scored };
      setRow(stack, row);
      if (row.heads.length > 0) engines.note(stack, row.layer, engine.id);
      yield { type: 'layer', stack, layer: row, engine: engine.id };
    }

    let reportedAt = deps.now();
    /** Layers that were begun, in order: what they give is reported in order too. */
    const begun: LayerUnderWay[] = [];
    for (let at = 0; at < toRead.length; at++) {
      const pending = reader.take(at);
      let buffer: Uint8Array | null = null;
      while (buffer === null) {
        const first = await Promise.race([
          pending,
          sleep(BYTES_EVENT_MS),
          ...begun.slice(0, 1).map(({ scored }) => scored.then(() => 'scored' as const)),
        ]);
        signal.throwIfAborted();
        if (first instanceof Uint8Array) buffer = first;
        if (first === 'scored') yield* finish(begun.shift()!);
        if (deps.now() - reportedAt >= BYTES_EVENT_MS || buffer !== null) {
          reportedAt = deps.now();
          bytes = { ...bytes, read: readBefore + reader.bytesRead() };
          yield { type: 'bytes', bytes };
        }
      }
      signal.throwIfAborted();
      begun.push(begin(at, buffer));
      // A GPU takes the next layers while it computes one. Of the ring, one layer is being read and the one after it is taken.
      while (begun.length > (chosen.engine.describe().overlaps ? ring - 2 : 0)) yield* finish(begun.shift()!);
    }
    for (const layer of begun) yield* finish(layer);
    const contentHash = (await repo.contentHash?.()) ?? null;
    const model = contentHash === null ? plan.model : { ...plan.model, contentHash };
    yield {
      type: 'done',
      result: resultOf({ ...plan, model }, engines.marked(stacks), bytes, engineUse(chosen), deps),
      elapsedMs: deps.now() - began,
    };
  } catch (error) {
    yield { type: 'failed', error: toWire(error) };
  } finally {
    // Nobody waits for it: a read that can't be stopped may go on for a while.
    void close();
  }
}

function resultOf(
  plan: AnalysisPlan,
  stacks: readonly StackResult[],
  bytes: ByteCounts,
  engine: EngineUse,
  deps: AnalysisDeps,
): AnalysisResult {
  return {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    model: plan.model,
    shape: plan.shape,
    convention: plan.convention,
    engine,
    bytes,
    stacks,
    notes: [...plan.notes, ...recomputedNotes(stacks), ...engineNotes(stacks, engine)],
    createdAt: deps.date(),
    app: { version: deps.appVersion },
  };
}

function skipCodeOf({ code }: QKError): 'read-failed' | 'engine-failed' {
  return code === 'file-damaged' ? 'read-failed' : 'engine-failed';
}

function engineUse({ engine, reason }: ChosenEngine): EngineUse {
  return { id: engine.id, device: engine.describe().device, reason };
}

function sumOf<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0);
}

function sleep(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
