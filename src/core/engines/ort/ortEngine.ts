// The engine that both onnxruntime-web variants share.
import { QKError } from '../../errors.ts';
import { kvHeadOf } from '../../weights/layerWeights.ts';
import type {
  Engine,
  EngineDescription,
  EngineHandle,
  HeadPair,
  HeadScores,
  KernelCall,
  PairMoments,
  RunOptions,
  RunResult,
} from '../engine.ts';
import { pairMoments } from '../pairMoments.ts';
import { createYielder } from '../yielder.ts';
import { createGraphs, type ProductForm, SUM_BLOCK } from './graphs.ts';
import { KeptTensors } from './keptTensors.ts';
import { type NormRunners, normOfHead } from './normTiles.ts';
import { createGraphRunner, type GraphRunner, type OrtModule, type OrtProvider } from './ortSession.ts';
import { chunkMemory, type OrtLayer, prepareLayer } from './ortWeights.ts';
import { createScratch, type Group, groupsOf, type Scratch, traceBatch } from './traceBatch.ts';

/** Float32 that one trace-full batch may bring: it lies in JavaScript's and in WASM's memory at once. */
const RESIDENT_BATCH_BYTES = 256 * 1024 * 1024;
/** Layers up to this much float32 are packed at load even when that isn't asked for. */
const EAGER_BYTES = 24 * 1024 * 1024;
/** Float32 of one batch when a layer is packed piece by piece: keeps a tab's memory within a few layers' raw bytes. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** What distinguishes one onnxruntime engine from another. */
export interface OrtVariant<Id extends 'ort-wasm' | 'ort-webgpu' = 'ort-wasm' | 'ort-webgpu'> {
  readonly id: Id;
  readonly ort: OrtModule;
  readonly provider: OrtProvider;
  readonly form: ProductForm;
  /** Float32 additions that follow each other in the sums of a matrix product [dh, d] × [d, dh]. */
  longestSum(d: number, dh: number): number;
  describe(): EngineDescription<Id>;
}

interface Runners extends NormRunners {
  readonly trace: GraphRunner;
  readonly moments: GraphRunner;
}

interface OrtHandle extends EngineHandle {
  readonly loaded: readonly OrtLayer[];
  readonly batchBytes: number;
  readonly kept: KeptTensors | undefined;
  readonly longestSum: OrtVariant['longestSum'];
}

/** onnxruntime-web as an engine: float32, its graphs written at run time. */
export function createOrtEngine(variant: OrtVariant): Engine {
  const { id, ort, provider, form, describe, longestSum } = variant;
  const graphs = createGraphs(form);
  const runners = {
    trace: createGraphRunner(ort, graphs.trace, provider),
    whole: createGraphRunner(ort, graphs.whole, provider),
    pair: createGraphRunner(ort, graphs.pair, provider),
    moments: createGraphRunner(ort, graphs.moments, provider),
  };
  let spare: Scratch | null = null;
  const engine: Engine<OrtHandle> = {
    id,
    describe,
    async load(layers, signal, { resident = false } = {}) {
      const step = stepper(signal);
      const floatBytes = (layer: (typeof layers)[number]) =>
        (layer.q.length + layer.k.length) * layer.dModel * layer.dHead * 4;
      const eager = resident || layers.every((layer) => floatBytes(layer) <= EAGER_BYTES);
      const perChunk = Math.max(1, Math.floor(RESIDENT_BATCH_BYTES / Math.max(1, ...layers.map(floatBytes))));
      const chunks: [number, number][] = [];
      const loaded: OrtLayer[] = [];
      for (let from = 0; from < layers.length; from += perChunk) {
        const chunk = layers.slice(from, from + perChunk);
        const memory = eager ? chunkMemory(chunk, SUM_BLOCK) : null;
        for (const layer of chunk) {
          await step();
          loaded.push(prepareLayer(layer, SUM_BLOCK, memory));
        }
        chunks.push([from, from + chunk.length]);
      }
      const kept = resident ? new KeptTensors() : undefined;
      const batchBytes = eager ? Infinity : PIECE_BYTES;
      const release = () => kept?.destroy();
      return { loaded, layers: loaded, chunks, batchBytes, kept, longestSum, release };
    },
    async run(handle, calls, runOptions) {
      // Several runs may be under way at once: they must not fill the same memory.
      const scratch = spare ?? createScratch();
      spare = null;
      try {
        return await run(runners, scratch, handle, calls, runOptions);
      } finally {
        spare = scratch;
      }
    },
    moments: (handle, layerIndex, pairs, signal) =>
      momentsOf(runners.moments, layerAt(handle, layerIndex), pairs, stepper(signal)),
    close() {
      for (const runner of Object.values(runners)) runner.close();
      spare = null;
    },
  };
  return engine as Engine;
}

async function run(
  runners: Runners,
  scratch: Scratch,
  handle: OrtHandle,
  calls: readonly KernelCall[],
  { signal }: RunOptions = {},
): Promise<RunResult> {
  const scores: HeadScores[] = [];
  const step = stepper(signal);
  let launches = 0;
  for (const call of calls) {
    launches++;
    if (call.kernel === 'norm') {
      const layer = layerAt(handle, call.layerIndex);
      scores.push(
        await normOfHead(
          runners,
          layer,
          call.head,
          kvHeadOf(call.head, layer.heads, layer.kvHeads),
          step,
          handle.kept,
        ),
      );
    } else {
      scores.push(...(await traceGroups(runners.trace, scratch, groupsFor(handle, call), handle, step)));
    }
  }
  return { scores, launches };
}

/**
 * Called before every launch of onnxruntime. It answers in microtasks, which let no cancel message in: now and then a
 * macrotask must. Not more often: browsers stretch nested timers to 4 ms, ten times what a pass of a small model takes.
 */
function stepper(signal: AbortSignal | undefined): () => Promise<void> {
  const yielder = createYielder(signal);
  return async () => {
    signal?.throwIfAborted();
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  };
}

/** Returns the heads that a trace call is about. */
function groupsFor(handle: OrtHandle, call: Exclude<KernelCall, { kernel: 'norm' }>): Group[] {
  switch (call.kernel) {
    case 'trace': {
      const layer = layerAt(handle, call.layerIndex);
      return [{ layer, kvHead: kvHeadOf(call.head, layer.heads, layer.kvHeads), heads: [call.head] }];
    }
    case 'trace-heads':
      return layerGroups(handle, layerAt(handle, call.layerIndex));
    case 'trace-full':
      return handle.loaded.slice(call.from, call.to).flatMap((layer) => layerGroups(handle, layer));
    default:
      return call satisfies never;
  }
}

/** Many query heads may share one key head: where a batch is limited, such a group is cut into equal parts. */
function layerGroups(handle: OrtHandle, layer: OrtLayer): Group[] {
  // Rounded up where groups differ in size: the first one is then the largest, and a batch is as wide as it.
  const perGroup = Math.ceil(layer.heads / layer.kvHeads);
  let queriesPerGroup = perGroup;
  const fits = (heads: number) => heads * layer.dHead * layer.width * 4 <= handle.batchBytes;
  while (queriesPerGroup > 1 && !(fits(queriesPerGroup) && perGroup % queriesPerGroup === 0))
    queriesPerGroup--;
  return groupsOf(layer, queriesPerGroup);
}

async function momentsOf(
  runner: GraphRunner,
  layer: OrtLayer,
  pairs: readonly HeadPair[],
  step: () => Promise<void>,
): Promise<PairMoments[]> {
  const { dHead, width } = layer;
  const dims = [1, 1, dHead, width];
  const kOf = (head: number) => layer.k(kvHeadOf(head, layer.heads, layer.kvHeads));
  const moments: PairMoments[] = [];
  for (const [g, h] of pairs) {
    await step();
    const [qg, qh, kg, kh] = [layer.q(g), layer.q(h), kOf(g), kOf(h)];
    const feed = ({ values }: typeof qg) => ({ values, dims });
    const out = await runner.run({ qg: feed(qg), qh: feed(qh), kg: feed(kg), kh: feed(kh) });
    const matrix = (name: string) => Float64Array.from(out[name]!);
    moments.push(
      pairMoments(dHead, [qg, qh], [kg, kh], () => ({
        a: matrix('a'),
        b: matrix('b'),
        c: matrix('c'),
        cBack: matrix('cBack'),
      })),
    );
  }
  return moments;
}

async function traceGroups(
  runner: GraphRunner,
  scratch: Scratch,
  groups: readonly Group[],
  { batchBytes, kept, longestSum }: OrtHandle,
  step: () => Promise<void>,
): Promise<HeadScores[]> {
  const { layer, heads } = groups[0]!;
  const groupBytes = (heads.length + 1) * layer.dHead * layer.width * 4;
  const perBatch = Math.max(1, Math.floor(batchBytes / groupBytes));
  const scores: HeadScores[] = [];
  for (let from = 0; from < groups.length; from += perBatch) {
    await step();
    scores.push(
      ...(await traceBatch(runner, groups.slice(from, from + perBatch), scratch, longestSum, kept)),
    );
  }
  return scores;
}

function layerAt(handle: OrtHandle, layerIndex: number): OrtLayer {
  const layer = handle.loaded[layerIndex];
  if (layer !== undefined) return layer;
  throw new QKError(
    'internal',
    `Layer position ${layerIndex} of ${handle.loaded.length} was asked of onnxruntime-web.`,
  );
}
