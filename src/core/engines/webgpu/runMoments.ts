// Computes the products of pairs of heads on the GPU.
import { QKError } from '../../errors.ts';
import { kvHeadOf } from '../../weights/layerWeights.ts';
import type { HeadPair, PairMoments } from '../engine.ts';
import { pairMoments, unpadded } from '../pairMoments.ts';
import { DEFAULT_LIMITS, MAP_READ, USAGE } from './constants.ts';
import type { OpenDevice } from './device.ts';
import type { PipelineCache } from './pipelines.ts';
import { rowVec4sOf, slabIndex } from './slabs.ts';
import { PAIR } from './structs.ts';
import { bind } from './upload.ts';
import type { WebGpuHandle } from './webgpuHandle.ts';

/** Threads of a workgroup, each way: as in moments.wgsl. */
const GROUP = 8;

/** Computes the products of pairs of heads, read back whole; as many pairs at once as a binding holds. */
export async function runMoments(
  open: OpenDevice,
  pipelines: PipelineCache,
  handle: WebGpuHandle,
  layerIndex: number,
  pairs: readonly HeadPair[],
  signal: AbortSignal | undefined,
): Promise<PairMoments[]> {
  const pairBytes = 4 * 4 * 16 * rowVec4sOf(handle.layers[layerIndex]!.dHead) ** 2;
  const atOnce = Math.max(1, Math.floor(DEFAULT_LIMITS.bindingBytes / pairBytes));
  const moments: PairMoments[] = [];
  for (let from = 0; from < pairs.length; from += atOnce) {
    signal?.throwIfAborted();
    moments.push(...(await runPairs(open, pipelines, handle, layerIndex, pairs.slice(from, from + atOnce))));
  }
  return moments;
}

async function runPairs(
  open: OpenDevice,
  pipelines: PipelineCache,
  handle: WebGpuHandle,
  layerIndex: number,
  pairs: readonly HeadPair[],
): Promise<PairMoments[]> {
  const { device, answer } = open;
  const pipeline = await pipelines('moments');
  const { heads, kvHeads, dModel, dHead } = handle.layers[layerIndex]!;
  const n = rowVec4sOf(dHead);
  const matrixFloats = 16 * n * n;
  const size = pairs.length * 4 * matrixFloats * 4;
  const products = device.createBuffer({ label: 'products', size, usage: USAGE.storage | USAGE.copySrc });
  const readback = device.createBuffer({ label: 'readback', size, usage: USAGE.mapRead | USAGE.copyDst });
  const buffers = [products, readback];
  try {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    for (const [index, [g, h]] of pairs.entries()) {
      const [placeG, placeH] = [placeOf(handle, layerIndex, g), placeOf(handle, layerIndex, h)];
      const data = new Uint32Array(PAIR.byteSize / 4);
      PAIR.write(data, 0, {
        dModel,
        rowVec4s: n,
        qG: placeG.q,
        qH: placeH.q,
        kG: placeG.k,
        kH: placeH.k,
        outBase: index * matrixFloats,
        unused: 0,
      });
      const params = device.createBuffer({ size: PAIR.byteSize, usage: USAGE.uniform | USAGE.copyDst });
      buffers.push(params);
      device.queue.writeBuffer(params, 0, data);
      const inputs = [placeG.slab.queries, placeH.slab.queries, placeG.slab.keys, placeH.slab.keys];
      pass.setBindGroup(0, bind(device, pipeline, [params, ...inputs, products]));
      pass.dispatchWorkgroups(Math.ceil(n / GROUP), Math.ceil(n / GROUP));
    }
    pass.end();
    encoder.copyBufferToBuffer(products, 0, readback, 0, size);
    device.queue.submit([encoder.finish()]);
    await answer(Promise.all([readback.mapAsync(MAP_READ), handle.scalesKnown]));
    const values = new Float32Array(readback.getMappedRange());
    const scaleOf = (head: number) => ({
      q: handle.queryScales[layerIndex]![head]!,
      k: handle.keyScales[layerIndex]![kvHeadOf(head, heads, kvHeads)]!,
    });
    return pairs.map(([g, h], index) => {
      const [ofG, ofH] = [scaleOf(g), scaleOf(h)];
      const matrix = (which: number) => {
        const from = (index * 4 + which) * matrixFloats;
        return unpadded(values.subarray(from, from + matrixFloats), dHead, 4 * n);
      };
      return pairMoments(dHead, [ofG.q, ofH.q], [ofG.k, ofH.k], () => ({
        a: matrix(0),
        b: matrix(1),
        c: matrix(2),
        cBack: matrix(3),
      }));
    });
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** Returns the slab that holds a head, and where its matrices begin there, in vec4s. */
function placeOf({ slabs, layers }: WebGpuHandle, layerIndex: number, head: number) {
  const { heads, kvHeads, dModel, dHead } = layers[layerIndex]!;
  const slab = slabs.find(
    ({ from, to, headFrom, headTo }) =>
      from <= layerIndex && layerIndex < to && headFrom <= head && head < headTo,
  );
  if (slab === undefined)
    throw new QKError(
      'internal',
      `Head ${head} of layer position ${layerIndex} was asked of the WebGPU engine.`,
    );
  const matrixVec4s = dModel * rowVec4sOf(dHead);
  const kv =
    (layerIndex - slab.from) * (slab.kvTo - slab.kvFrom) + kvHeadOf(head, heads, kvHeads) - slab.kvFrom;
  return { slab, q: slabIndex(slab, layerIndex, head) * matrixVec4s, k: kv * matrixVec4s };
}
