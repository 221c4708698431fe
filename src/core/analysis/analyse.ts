import type { LayoutAnswers } from '../architectures/inferLayout.ts';
import { planCalls } from '../engines/calls.ts';
import type { Engine } from '../engines/engine.ts';
import { isAbort, QKError, toWire } from '../errors.ts';
import type { ModelChoice, Repo } from '../repos/repo.ts';
import type { Convention } from '../weights/convention.ts';
import { readLayer } from '../weights/readLayer.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import type { AnalysisEvent } from './events.ts';
import { headResult } from './headResult.ts';
import { type AnalysisPlan, type PlannedLayer, planAnalysis } from './plan.ts';
import {
  type AnalysisResult,
  type ByteCounts,
  type EngineUse,
  type HeadResult,
  type LayerResult,
  RESULT_SCHEMA,
  RESULT_VERSION,
  type StackResult,
} from './result.ts';

/** Byte counts are told at most this often. */
const BYTES_EVENT_MS = 100;

export interface ChosenEngine {
  readonly engine: Engine;
  readonly reason: string;
}

/** What the pipeline needs from outside; all injected, so that it runs in a worker, in Node and in tests alike. */
export interface AnalysisDeps {
  openRepo(choice: ModelChoice, signal: AbortSignal): Promise<Repo>;
  chooseEngine(): Promise<ChosenEngine>;
  /** The next engine when this one was lost mid-run; null when there is none or the user insists on this one. */
  replaceEngine(lost: Engine, why: QKError): Promise<ChosenEngine | null>;
  /** Memory for a layer's bytes; ours alone unless told. Shared memory lets several threads read a local file at once. */
  allocate?(bytes: number): Uint8Array;
  now(): number;
  /** ISO date and time. */
  date(): string;
  readonly appVersion: string;
}

export interface AnalysisRequest {
  readonly choice: ModelChoice;
  readonly answers?: LayoutAnswers | undefined;
  /** Raw unless told. */
  readonly convention?: Convention | undefined;
}

/**
 * Opens a model and scores it layer by layer: reads layer k + 1 while layer k is computed. Memory is two layers'
 * bytes and what the engine holds of one, whatever the model's size. What was scored before a failure or a cancellation has been told.
 */
export async function* analyse(
  request: AnalysisRequest,
  deps: AnalysisDeps,
  signal: AbortSignal,
): AsyncGenerator<AnalysisEvent> {
  const began = deps.now();
  try {
    const repo = await deps.openRepo(request.choice, signal);
    const answer = await planAnalysis(repo, request.answers, signal, request.convention);
    if (answer.kind === 'question') {
      yield { type: 'question', question: answer.question };
      return;
    }
    const { plan } = answer;
    let chosen = await deps.chooseEngine();
    let bytes: ByteCounts = plan.bytes;
    const stacks = plan.stacks.map(({ name, shape, layers }) => ({ name, shape, layers: [...layers] }));
    yield {
      type: 'plan',
      model: plan.model,
      shape: plan.shape,
      engine: engineUse(chosen),
      bytes,
      convention: plan.convention,
      stacks: plan.stacks,
      notes: plan.notes,
      weightsOptions: plan.weightsOptions,
    };

    const reader = createLayerReader(plan, deps.allocate ?? ((bytes) => new Uint8Array(bytes)), signal);
    let told = deps.now();
    for (let at = 0; at < plan.layers.length; at++) {
      const pending = reader.take(at);
      let buffer: Uint8Array | null = null;
      while (buffer === null) {
        buffer = await Promise.race([pending, sleep(BYTES_EVENT_MS)]);
        if (deps.now() - told >= BYTES_EVENT_MS || buffer !== null) {
          told = deps.now();
          bytes = { ...bytes, read: plan.bytes.read + reader.bytesRead() };
          yield { type: 'bytes', bytes };
        }
      }
      signal.throwIfAborted();
      let scored = await scoreLayer(chosen.engine, plan.layers[at]!, buffer, signal);
      while (scored instanceof QKError) {
        const next = await deps.replaceEngine(chosen.engine, scored);
        if (next === null) break;
        chosen = next;
        yield { type: 'engine', engine: engineUse(chosen) };
        scored = await scoreLayer(chosen.engine, plan.layers[at]!, buffer, signal);
      }
      reader.release(at);
      const { stack, plan: of } = plan.layers[at]!;
      const rows = stacks.find(({ name }) => name === stack)!.layers;
      const index = rows.findIndex((row) => row.layer === of.layout.layer);
      const row: LayerResult =
        scored instanceof QKError
          ? { ...rows[index]!, skipped: { code: 'engine-failed', reason: scored.message } }
          : { ...rows[index]!, heads: scored };
      rows[index] = row;
      yield { type: 'layer', stack, layer: row };
    }
    yield {
      type: 'done',
      result: resultOf(plan, stacks, bytes, engineUse(chosen), deps),
      elapsedMs: deps.now() - began,
    };
  } catch (error) {
    yield { type: 'failed', error: toWire(error) };
  }
}

/** A layer's heads; an engine's failure is an answer, since another engine may do it. Cancellation is thrown. */
async function scoreLayer(
  engine: Engine,
  { stack, plan }: PlannedLayer,
  buffer: Uint8Array,
  signal: AbortSignal,
): Promise<HeadResult[] | QKError> {
  const { layer, heads, kvHeads } = plan.layout;
  try {
    const results: HeadResult[] = [];
    for await (const { firstHead, weights } of viewLayer(plan, stack, buffer, signal)) {
      const handle = await engine.load([weights], signal);
      try {
        const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), {
          signal,
        });
        for (const score of scores)
          results.push(headResult({ ...score, head: firstHead + score.head }, { heads, kvHeads }));
      } finally {
        handle.release();
      }
    }
    return results;
  } catch (error) {
    if (isAbort(error)) throw error;
    if (error instanceof QKError) return error;
    return new QKError(
      'engine-failed',
      `The ${engine.id} engine couldn't score layer ${layer}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Two buffers in turn: one is filled while the other is computed on. */
function createLayerReader(plan: AnalysisPlan, allocate: (bytes: number) => Uint8Array, signal: AbortSignal) {
  const size = Math.max(0, ...plan.layers.map(({ plan: { bufferBytes } }) => bufferBytes));
  const buffers = [allocate(size), allocate(plan.layers.length > 1 ? size : 0)];
  let read = 0;
  const start = (at: number): Promise<Uint8Array> => {
    const buffer = buffers[at % 2]!;
    const done = readLayer(plan.layers[at]!.plan, buffer, {
      signal,
      onBytes: (more) => {
        read += more;
      },
    }).then(() => buffer);
    // It is awaited later; until then a failure must not count as unhandled.
    done.catch(() => {});
    return done;
  };
  const pending = new Map<number, Promise<Uint8Array>>();
  const ensure = (at: number) => {
    if (at < plan.layers.length && !pending.has(at)) pending.set(at, start(at));
  };
  return {
    bytesRead: () => read,
    /** The layer's bytes; starts the next layer's read once this one is here. */
    take(at: number): Promise<Uint8Array> {
      ensure(at);
      return pending.get(at)!.then((buffer) => {
        ensure(at + 1);
        return buffer;
      });
    },
    release(at: number): void {
      pending.delete(at);
    },
  };
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
    notes: plan.notes,
    createdAt: deps.date(),
    app: { version: deps.appVersion },
  };
}

function engineUse({ engine, reason }: ChosenEngine): EngineUse {
  return { id: engine.id, device: engine.describe().device, reason };
}

function sleep(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
