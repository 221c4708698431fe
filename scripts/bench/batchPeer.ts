import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import type { EngineHandle, KernelCall } from '../../src/core/engines/engine.ts';
import { QKError } from '../../src/core/errors.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import type { MatrixView } from '../../src/core/weights/matrixView.ts';
import { type Packed, packScaled } from '../../src/core/weights/packScaled.ts';

/** What a library of tensors must do to be a peer. */
export interface BatchLibrary<Tensor> {
  readonly id: string;
  /** Its name, its version and what it runs on. */
  readonly device: string;
  /** Float32 to the device: queries [keys, queriesPerKey, dh, d], keys [keys, dh, d]. */
  put(values: Float32Array, shape: number[]): Tensor;
  /**
   * Σᵢⱼ Aᵢⱼ Bᵢⱼ of every query head, then Σᵢⱼ Cᵢⱼ Cⱼᵢ of every query head, read back. Work is handed over before the
   * first wait, so that passes follow each other on the device.
   */
  sums(q: Tensor, k: Tensor): Promise<ArrayLike<number>>;
  free(tensor: Tensor): void;
  close(): void;
}

/** Float32 of one batch's queries: what every WebGPU device can bind at once. */
const BATCH_BYTES = 128 * 1024 * 1024;

interface Batch<Tensor> {
  readonly q: Tensor;
  readonly k: Tensor;
  /** One entry for each query head. */
  readonly heads: readonly { layer: number; head: number; log2Scale: number; allFinite: boolean }[];
}

interface BatchHandle<Tensor> extends EngineHandle {
  /** Made when it is first asked for, then kept: a row's first pass isn't timed. */
  batchOf(from: number, to: number): Batch<Tensor>;
}

/** A library as an engine of a comparison: a layer's heads in one batch, or a chunk's. Float32 on the device. */
export function batchPeer<Tensor>(library: BatchLibrary<Tensor>): TimedEngine {
  const { id, device } = library;
  const engine: Omit<TimedEngine, 'load' | 'run'> & {
    load(layers: readonly LayerWeights[]): Promise<BatchHandle<Tensor>>;
    run(handle: BatchHandle<Tensor>, calls: readonly KernelCall[]): ReturnType<TimedEngine['run']>;
  } = {
    id,
    describe: () => ({ id, device }),
    load: async (layers) => loadHandle(library, layers),
    async run(handle, calls) {
      const batches = calls.map((call) => {
        if (call.kernel === 'trace-heads') return handle.batchOf(call.layerIndex, call.layerIndex + 1);
        if (call.kernel === 'trace-full') return handle.batchOf(call.from, call.to);
        throw new QKError('engine-unavailable', `${id} is timed in batches; ${call.kernel} isn’t offered.`);
      });
      const sums = await Promise.all(batches.map(({ q, k }) => library.sums(q, k)));
      const scores = batches.flatMap(({ heads }, call) =>
        heads.map(({ layer, head, log2Scale, allFinite }, at) => ({
          layer,
          head,
          traceAB: allFinite ? sums[call]![at]! : Number.NaN,
          traceCC: allFinite ? sums[call]![heads.length + at]! : Number.NaN,
          log2Scale,
        })),
      );
      return { scores, launches: calls.length };
    },
    // The comparison asks for times and scores alone.
    moments: () => Promise.reject(new Error(`${id} is a peer in timings.`)),
    close: () => library.close(),
  };
  return engine as TimedEngine;
}

function loadHandle<Tensor>(
  library: BatchLibrary<Tensor>,
  layers: readonly LayerWeights[],
): BatchHandle<Tensor> {
  const { q, k, dModel, dHead } = layers[0]!;
  const queriesPerKey = q.length / k.length;
  if (!Number.isInteger(queriesPerKey))
    throw new QKError('layout-mismatch', `${q.length} heads aren’t whole groups of ${k.length} key heads.`);
  const perChunk = Math.max(1, Math.floor(BATCH_BYTES / (q.length * dHead * dModel * 4)));
  const chunks: [number, number][] = [];
  for (let from = 0; from < layers.length; from += perChunk)
    chunks.push([from, Math.min(layers.length, from + perChunk)]);
  const kept = new Map<string, Batch<Tensor>>();
  return {
    layers: layers.map(({ layer }) => ({ layer, heads: q.length, kvHeads: k.length, dModel, dHead })),
    chunks,
    batchOf(from, to) {
      const key = `${from} ${to}`;
      const batch = kept.get(key) ?? putBatch(library, layers.slice(from, to));
      kept.set(key, batch);
      return batch;
    },
    release() {
      for (const batch of kept.values()) {
        library.free(batch.q);
        library.free(batch.k);
      }
      kept.clear();
    },
  };
}

function putBatch<Tensor>(library: BatchLibrary<Tensor>, layers: readonly LayerWeights[]): Batch<Tensor> {
  const { dModel, dHead } = layers[0]!;
  const queries = packAll(layers.flatMap(({ q }) => q));
  const keys = packAll(layers.flatMap(({ k }) => k));
  const count = keys.packed.length;
  const queriesPerKey = queries.packed.length / count;
  return {
    q: library.put(queries.values, [count, queriesPerKey, dHead, dModel]),
    k: library.put(keys.values, [count, dHead, dModel]),
    heads: layers
      .flatMap(({ layer, q }) => q.map((_, head) => ({ layer, head })))
      .map((name, at) => {
        const [a, b] = [queries.packed[at]!, keys.packed[Math.floor(at / queriesPerKey)]!];
        return { ...name, log2Scale: a.exponent + b.exponent, allFinite: a.allFinite && b.allFinite };
      }),
  };
}

/** Float32 [views, dh, d], each scaled by a power of two. */
function packAll(views: readonly MatrixView[]): { values: Float32Array; packed: Packed[] } {
  const size = views[0]!.rows * views[0]!.cols;
  const values = new Float32Array(views.length * size);
  const packed = views.map((view, at) => packScaled(view, values.subarray(at * size, (at + 1) * size)));
  return { values, packed };
}
