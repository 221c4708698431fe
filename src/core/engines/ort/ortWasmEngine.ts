import { QKError } from '../../errors.ts';
import { kvHeadOf } from '../../weights/layerWeights.ts';
import type { KernelCall } from '../calls.ts';
import type { Engine, EngineHandle, HeadScores, RunOptions, RunResult } from '../engine.ts';
import { NORM_GRAPH, NORM_PAIR_GRAPH, SUM_BLOCK, TRACE_GRAPH } from './graphs.ts';
import { loadOrtWasm } from './loadOrtWasm.ts';
import { type NormRunners, normOfHead } from './normTiles.ts';
import { createGraphRunner, type GraphRunner, type OrtModule } from './ortSession.ts';
import { type OrtLayer, prepareLayer } from './ortWeights.ts';
import { createScratch, type Group, groupsOf, type Scratch, traceBatch } from './traceBatch.ts';

/** Float32 that one trace-full batch may bring: it lies in JavaScript's and in WASM's memory at once. */
const RESIDENT_BATCH_BYTES = 256 * 1024 * 1024;
/** Layers up to this much float32 are packed at load even when that isn't asked for. */
const EAGER_BYTES = 24 * 1024 * 1024;
/** Float32 of one batch when a layer is packed piece by piece: keeps a tab's memory within a few layers' raw bytes. */
const PIECE_BYTES = 8 * 1024 * 1024;

export interface OrtWasmOptions {
  /** onnxruntime-web, where the caller has it (Node, tests). */
  readonly ort?: OrtModule;
  /** WASM threads; needs cross-origin isolation. */
  readonly threads?: number;
}

interface Runners extends NormRunners {
  readonly trace: GraphRunner;
  readonly scratch: Scratch;
}

interface OrtHandle extends EngineHandle {
  readonly loaded: readonly OrtLayer[];
  readonly batchBytes: number;
}

/** onnxruntime-web on WASM: SIMD and threads, float32, its graphs written at run time. */
export async function createOrtWasmEngine(options: OrtWasmOptions = {}): Promise<Engine> {
  const ort = options.ort ?? (await loadOrtWasm());
  const threads = options.threads ?? defaultThreads();
  ort.env.wasm.numThreads = threads;
  // The engine runs in a worker already.
  ort.env.wasm.proxy = false;
  const runners = {
    scratch: createScratch(),
    trace: createGraphRunner(ort, TRACE_GRAPH, 'wasm'),
    whole: createGraphRunner(ort, NORM_GRAPH, 'wasm'),
    pair: createGraphRunner(ort, NORM_PAIR_GRAPH, 'wasm'),
  };
  const engine: Engine<OrtHandle> = {
    id: 'ort-wasm',
    describe: () => ({
      id: 'ort-wasm',
      device: `onnxruntime-web ${ort.env.versions.web?.replace(/-dev.*/, '') ?? ''}, WASM SIMD, ${threads} thread${threads === 1 ? '' : 's'}`,
      threads,
      hasGpuClock: false,
    }),
    async load(layers, signal, { resident = false } = {}) {
      signal?.throwIfAborted();
      const floatBytes = (layer: (typeof layers)[number]) =>
        (layer.q.length + layer.k.length) * layer.dModel * layer.dHead * 4;
      const eager = resident || layers.every((layer) => floatBytes(layer) <= EAGER_BYTES);
      const loaded = layers.map((layer) => prepareLayer(layer, SUM_BLOCK, eager));
      const perChunk = Math.max(1, Math.floor(RESIDENT_BATCH_BYTES / Math.max(1, ...layers.map(floatBytes))));
      const chunks: [number, number][] = [];
      for (let at = 0; at < loaded.length; at += perChunk)
        chunks.push([at, Math.min(loaded.length, at + perChunk)]);
      return { loaded, layers: loaded, chunks, batchBytes: eager ? Infinity : PIECE_BYTES, release() {} };
    },
    run: (handle, calls, runOptions) => run(runners, handle, calls, runOptions),
    close() {
      for (const runner of [runners.trace, runners.whole, runners.pair]) runner.close();
    },
  };
  return engine as Engine;
}

async function run(
  runners: Runners,
  handle: OrtHandle,
  calls: readonly KernelCall[],
  { signal }: RunOptions = {},
): Promise<RunResult> {
  const scores: HeadScores[] = [];
  let entered = 0;
  for (const call of calls) {
    // onnxruntime answers in microtasks: a macrotask now and then lets a cancel message in.
    if (entered % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    entered++;
    if (call.kernel === 'norm') {
      const layer = layerAt(handle, call.at);
      scores.push(
        await normOfHead(runners, layer, call.head, kvHeadOf(call.head, layer.heads, layer.kvHeads), signal),
      );
    } else {
      scores.push(...(await traceGroups(runners, groupsFor(handle, call), handle.batchBytes, signal)));
    }
  }
  return { scores, entered };
}

/** The heads that a trace call is about. */
function groupsFor(handle: OrtHandle, call: Exclude<KernelCall, { kernel: 'norm' }>): Group[] {
  switch (call.kernel) {
    case 'trace': {
      const layer = layerAt(handle, call.at);
      return [{ layer, kvHead: kvHeadOf(call.head, layer.heads, layer.kvHeads), heads: [call.head] }];
    }
    case 'trace-heads':
      return layerGroups(handle, layerAt(handle, call.at));
    case 'trace-full':
      return handle.loaded.slice(call.from, call.to).flatMap((layer) => layerGroups(handle, layer));
    default:
      return call satisfies never;
  }
}

/** Many query heads may share one key head: where a batch is limited, such a group is cut into equal parts. */
function layerGroups(handle: OrtHandle, layer: OrtLayer): Group[] {
  const perGroup = layer.heads / layer.kvHeads;
  let most = perGroup;
  const fits = (heads: number) => heads * layer.dHead * layer.width * 4 <= handle.batchBytes;
  while (most > 1 && !(fits(most) && perGroup % most === 0)) most--;
  return groupsOf(layer, most);
}

async function traceGroups(
  runners: Runners,
  groups: readonly Group[],
  batchBytes: number,
  signal?: AbortSignal,
): Promise<HeadScores[]> {
  const { layer, heads } = groups[0]!;
  const groupBytes = (heads.length + 1) * layer.dHead * layer.width * 4;
  const perBatch = Math.max(1, Math.floor(batchBytes / groupBytes));
  const scores: HeadScores[] = [];
  for (let at = 0; at < groups.length; at += perBatch) {
    signal?.throwIfAborted();
    scores.push(...(await traceBatch(runners.trace, groups.slice(at, at + perBatch), runners.scratch)));
  }
  return scores;
}

function layerAt(handle: OrtHandle, at: number): OrtLayer {
  const layer = handle.loaded[at];
  if (layer !== undefined) return layer;
  throw new QKError(
    'internal',
    `Layer position ${at} of ${handle.loaded.length} was asked of onnxruntime-web.`,
  );
}

/** onnxruntime's own rule is half the cores; it gains nothing from more than four here. Threads need shared memory. */
function defaultThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(4, Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1));
}
