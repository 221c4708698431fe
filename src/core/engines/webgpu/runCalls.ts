// Runs kernel calls on the GPU and reads their results.
import { kvHeadOf } from '../../weights/layerWeights.ts';
import type { HeadScores, KernelCall, RunOptions, RunResult } from '../engine.ts';
import { roundingError } from '../roundingError.ts';
import { MAP_READ, USAGE } from './constants.ts';
import type { OpenDevice } from './device.ts';
import { type Dispatch, planDispatches, sliceByFlops, type TraceForm } from './dispatches.ts';
import type { PipelineCache } from './pipelines.ts';
import { rowVec4sOf } from './slabs.ts';
import { PARAMS } from './structs.ts';
import { bind } from './upload.ts';
import type { Slab, WebGpuHandle } from './webgpuHandle.ts';

/**
 * Work of one submit, about 0.2 s at what our kernels do at least on such a device: between submits the browser draws
 * its pages and a cancellation is heard.
 */
const SLICE_FLOPS = { software: 0.25e9, hardware: 10e9 };
/**
 * Submits that may wait on the device: it stays busy while results come back, which may take a browser 100 ms. Cards take
 * a few milliseconds for one, a processor all the time that is meant.
 */
const SLICES_IN_FLIGHT = { software: 2, hardware: 4 };
/** ROWS_PER_ACCUMULATION of traceCommon.wgsl. */
const ROWS_PER_ACCUMULATION = 64;
/** minUniformBufferOffsetAlignment of every device. */
const PARAMS_STRIDE = 256;

interface SliceResult {
  /** vec2s, dispatch after dispatch. */
  readonly partials: Float32Array;
  readonly gpuNs: number;
}

/** Runs calls on the device: slices of dispatches, submitted ahead of the one that is read back. */
export async function runCalls(
  open: OpenDevice,
  pipelines: PipelineCache,
  handle: WebGpuHandle,
  calls: readonly KernelCall[],
  form: TraceForm,
  { signal, timed = false }: RunOptions,
): Promise<RunResult> {
  signal?.throwIfAborted();
  const isTimed = timed && open.hasTimestamps;
  const dispatches = calls.flatMap((call) => planDispatches(call, handle.slabs, handle.layers, form));
  const kernels = [...new Set(dispatches.map(({ kernel }) => kernel))];
  const ready = Object.fromEntries(
    await Promise.all(kernels.map(async (kernel) => [kernel, await pipelines(kernel)] as const)),
  );
  const kind = open.report.isSoftware ? 'software' : 'hardware';
  const slices = sliceByFlops(dispatches, SLICE_FLOPS[kind]);
  const scores: HeadScores[] = [];
  const inFlight: { slice: readonly Dispatch<Slab>[]; result: Promise<SliceResult> }[] = [];
  let launches = 0;
  let gpuNs = 0;
  const finishOldest = async () => {
    const { slice, result } = inFlight.shift()!;
    const [{ partials, gpuNs: more }] = await Promise.all([result, handle.scalesKnown]);
    open.throwIfFailed();
    gpuNs += more;
    scores.push(...combine(handle, slice, partials));
  };

  for (const slice of slices) {
    if (inFlight.length === SLICES_IN_FLIGHT[kind]) await finishOldest();
    signal?.throwIfAborted();
    const { result, encoded } = submit(open, ready, handle, slice, isTimed);
    launches += encoded;
    // After a cancellation nobody waits for it.
    result.catch(() => {});
    inFlight.push({ slice, result });
  }
  while (inFlight.length > 0) await finishOldest();
  signal?.throwIfAborted();
  return { scores, launches, deviceMs: isTimed ? gpuNs / 1e6 : undefined };
}

/** Encodes one pass with the slice's dispatches and submits it. */
function submit(
  { device, answer }: OpenDevice,
  pipelines: Readonly<Partial<Record<Dispatch['kernel'], GPUComputePipeline>>>,
  { layers }: WebGpuHandle,
  slice: readonly Dispatch<Slab>[],
  isTimed: boolean,
): { result: Promise<SliceResult>; encoded: number } {
  const { dModel, dHead } = layers[0]!;
  const paramsData = new Uint32Array((slice.length * PARAMS_STRIDE) / 4);
  let outBase = 0;
  for (const [i, { first, heads, partialsPerHead, queriesPerKey }] of slice.entries()) {
    const fields = { dModel, rowVec4s: rowVec4sOf(dHead), first, outBase, queriesPerKey };
    PARAMS.write(paramsData, i * PARAMS_STRIDE, { ...fields, unused0: 0, unused1: 0, unused2: 0 });
    outBase += heads.length * partialsPerHead;
  }
  const size = outBase * 8;
  const { uniform, storage, copySrc, copyDst, mapRead } = USAGE;
  const params = device.createBuffer({
    label: 'params',
    size: paramsData.byteLength,
    usage: uniform | copyDst,
  });
  const partials = device.createBuffer({ label: 'partials', size, usage: storage | copySrc });
  const readback = device.createBuffer({ label: 'readback', size, usage: mapRead | copyDst });
  const clock = isTimed ? createPassClock(device) : null;
  device.queue.writeBuffer(params, 0, paramsData);

  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass(clock === null ? {} : { timestampWrites: clock.timestampWrites });
  let encoded = 0;
  for (const [i, { kernel, slab, grid }] of slice.entries()) {
    const pipeline = pipelines[kernel]!;
    pass.setPipeline(pipeline);
    const dispatchParams = { buffer: params, offset: i * PARAMS_STRIDE, size: PARAMS.byteSize };
    pass.setBindGroup(
      0,
      bind(device, pipeline, [dispatchParams, slab.table, slab.queries, slab.keys, partials]),
    );
    pass.dispatchWorkgroups(...grid);
    encoded++;
  }
  pass.end();
  encoder.copyBufferToBuffer(partials, 0, readback, 0, size);
  clock?.resolve(encoder);
  device.queue.submit([encoder.finish()]);

  const read = async (): Promise<SliceResult> => {
    try {
      const [gpuNs] = await answer(Promise.all([clock?.read() ?? 0, readback.mapAsync(MAP_READ)]));
      return { partials: new Float32Array(readback.getMappedRange()).slice(), gpuNs };
    } finally {
      for (const buffer of [params, partials, readback]) buffer.destroy();
      clock?.destroy();
    }
  };
  return { result: read(), encoded };
}

/** Takes the time of one pass on the device's own clock. */
function createPassClock(device: GPUDevice) {
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: USAGE.queryResolve | USAGE.copySrc });
  const readback = device.createBuffer({ size: 16, usage: USAGE.mapRead | USAGE.copyDst });
  return {
    timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    resolve(encoder: GPUCommandEncoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readback, 0, 16);
    },
    /** Reads the GPU's time, in ns. */
    async read(): Promise<number> {
      await readback.mapAsync(MAP_READ);
      const [begin, end] = new BigUint64Array(readback.getMappedRange());
      return Number(end! - begin!);
    },
    destroy() {
      for (const resource of [querySet, resolved, readback]) resource.destroy();
    },
  };
}

/** Adds each head's partial sums in float64. */
function combine(
  handle: WebGpuHandle,
  slice: readonly Dispatch<Slab>[],
  partials: Float32Array,
): HeadScores[] {
  const scores: HeadScores[] = [];
  let next = 0;
  for (const { kernel, heads, partialsPerHead } of slice) {
    for (const { layerIndex, head } of heads) {
      const sumOf = (count: number) => {
        let [first, second] = [0, 0];
        for (const end = next + 2 * count; next < end; next += 2) {
          first += partials[next]!;
          second += partials[next + 1]!;
        }
        return [first, second] as const;
      };
      if (kernel === 'norm') {
        const [symmetricSquare, normSquare] = sumOf(partialsPerHead);
        scores.push(scoreOf(handle, layerIndex, head, 2 * symmetricSquare - normSquare, normSquare));
      } else {
        const [traceCC, traceAB] = sumOf(partialsPerHead / 2);
        const [diagonalAB] = sumOf(partialsPerHead / 2);
        scores.push(scoreOf(handle, layerIndex, head, traceCC, traceAB, diagonalAB));
      }
    }
  }
  return scores;
}

function scoreOf(
  handle: WebGpuHandle,
  layerIndex: number,
  head: number,
  traceCC: number,
  traceAB: number,
  diagonalAB?: number,
): HeadScores {
  const { layer, heads, kvHeads, dModel, dHead } = handle.layers[layerIndex]!;
  const q = handle.queryScales[layerIndex]![head]!;
  const k = handle.keyScales[layerIndex]![kvHeadOf(head, heads, kvHeads)]!;
  const log2Scale = q.exponent + k.exponent;
  // Found by bit patterns at load: a shader may assume that NaN and infinity don't occur.
  if (!q.allFinite || !k.allFinite)
    return { layer, head, traceCC: Number.NaN, traceAB: Number.NaN, log2Scale };
  const score = { layer, head, traceCC, traceAB, log2Scale };
  if (diagonalAB === undefined) return score;
  const longestSum = Math.min(dModel, ROWS_PER_ACCUMULATION) + dModel / ROWS_PER_ACCUMULATION;
  const sums = { traceAB, diagonalAB, dModel, dHead, longestSum, largestQ: 1, largestK: 1 };
  return { ...score, roundingError: roundingError(sums) };
}
