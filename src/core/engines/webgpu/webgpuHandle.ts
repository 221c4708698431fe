// Loads layers onto the GPU and holds them there.
import { QKError } from '../../errors.ts';
import type { LayerWeights } from '../../weights/layerWeights.ts';
import type { EngineHandle, LayerShape } from '../engine.ts';
import { type BufferLimits, MAP_READ, USAGE } from './constants.ts';
import type { OpenDevice } from './device.ts';
import { loadFromCpu, loadOnDevice, type MatrixScale, type TargetMatrix } from './loadLayer.ts';
import { exponentOfBits, isFiniteMagnitude } from './magnitude.ts';
import type { PipelineCache } from './pipelines.ts';
import { matrixBytes, planSlabs, type SlabPlan, slabTable } from './slabs.ts';
import { storageWith } from './upload.ts';

/** A slab on the device. */
export interface Slab extends SlabPlan {
  /** f32 [heads of the slab][d][4 · rowVec4s]. */
  readonly queries: GPUBuffer;
  /** f32 [key heads of the slab][d][4 · rowVec4s]. */
  readonly keys: GPUBuffer;
  /** u32 [heads of the slab][2]. */
  readonly table: GPUBuffer;
}

export interface WebGpuHandle extends EngineHandle {
  readonly slabs: readonly Slab[];
  /** Resolves once the scales have been read back, and rejects where the device was lost before. */
  readonly scalesKnown: Promise<void>;
  /** Scales of Wq by layer position and head, and of Wk by layer position and key head, once they are known. */
  readonly queryScales: readonly (readonly MatrixScale[])[];
  readonly keyScales: readonly (readonly MatrixScale[])[];
}

interface Placed extends TargetMatrix {
  readonly scales: MatrixScale[];
  readonly head: number;
}

/**
 * Places layers of one shape on the device. It resolves when all of it is queued there: the scales come back while the
 * kernels already run, since a browser may take 100 ms for each answer, whatever it is (Firefox's bug 1870699).
 */
export async function loadHandle(
  { device, answer }: OpenDevice,
  pipelines: PipelineCache,
  weights: readonly LayerWeights[],
  limits: BufferLimits,
  signal: AbortSignal | undefined,
): Promise<WebGpuHandle> {
  signal?.throwIfAborted();
  const layers = weights.map(({ layer, q, k, dModel, dHead }) => ({
    layer,
    heads: q.length,
    kvHeads: k.length,
    dModel,
    dHead,
  }));
  requireOneShape(layers);
  const { slabs: plans, chunks } = planSlabs(layers, limits.bindingBytes);
  const buffers: GPUBuffer[] = [];
  const release = () => {
    for (const buffer of buffers) buffer.destroy();
  };
  try {
    device.pushErrorScope('out-of-memory');
    const slabs = plans.map((plan) => createSlab(device, plan, layers[0]!, buffers));
    const queryScales: MatrixScale[][] = layers.map(() => []);
    const keyScales: MatrixScale[][] = layers.map(() => []);
    const placed = weights.map((layer, layerIndex) =>
      slabs
        .filter(({ from, to }) => from <= layerIndex && layerIndex < to)
        .flatMap((slab) =>
          placeLayer(slab, layer, layerIndex, queryScales[layerIndex]!, keyScales[layerIndex]!),
        ),
    );
    const isOutOfMemory = (await answer(device.popErrorScope())) !== null;
    if (isOutOfMemory) {
      throw new QKError('too-large', 'The GPU has too little memory for these layers.', {
        hint: 'Close other pages that use the GPU, or choose another engine.',
      });
    }

    const counted = placed.map((matrices) => matrices.length);
    const maxima = device.createBuffer({
      label: 'maxima',
      size: Math.max(4, counted.reduce((sum, count) => sum + count, 0) * 4),
      usage: USAGE.storage | USAGE.copySrc,
    });
    buffers.push(maxima);
    let index = 0;
    const onDevice: Placed[] = [];
    for (const matrices of placed) {
      signal?.throwIfAborted();
      const raw: Placed[] = [];
      for (const matrix of matrices) {
        if (matrix.view.dtype === 'F64') matrix.scales[matrix.head] = loadFromCpu(device, matrix);
        else raw.push({ ...matrix, index: index++ });
      }
      if (raw.length === 0) continue;
      // What writeBuffer has staged is given back layer by layer.
      if (onDevice.length > 0) await answer(device.queue.onSubmittedWorkDone());
      await loadOnDevice(device, pipelines, raw, maxima, limits.windowBytes);
      onDevice.push(...raw);
    }
    signal?.throwIfAborted();
    const scalesKnown = readWords(device, maxima, answer).then((magnitudes) => {
      for (const { scales, head, index } of onDevice) {
        const magnitude = magnitudes[index]!;
        const allFinite = isFiniteMagnitude(magnitude);
        scales[head] = { allFinite, exponent: allFinite ? exponentOfBits(magnitude) : 0 };
      }
    });
    // Whoever runs a kernel waits for it; a handle that is released before isn't waited for.
    scalesKnown.catch(() => {});
    return { layers, chunks, slabs, scalesKnown, queryScales, keyScales, release };
  } catch (error) {
    release();
    throw error;
  }
}

function createSlab(device: GPUDevice, plan: SlabPlan, shape: LayerShape, buffers: GPUBuffer[]): Slab {
  const layers = plan.to - plan.from;
  const work = (label: string, heads: number) =>
    device.createBuffer({
      label,
      size: layers * heads * matrixBytes(shape),
      usage: USAGE.storage | USAGE.copyDst,
    });
  const slab = {
    ...plan,
    queries: work('queries', plan.headTo - plan.headFrom),
    keys: work('keys', plan.kvTo - plan.kvFrom),
    table: storageWith(device, 'table', slabTable(plan, shape)),
  };
  buffers.push(slab.queries, slab.keys, slab.table);
  return slab;
}

/** Returns where the layer's matrices go in this slab. */
function placeLayer(
  slab: Slab,
  { q, k, dModel, dHead }: LayerWeights,
  layerIndex: number,
  queryScales: MatrixScale[],
  keyScales: MatrixScale[],
): Placed[] {
  const elements = matrixBytes({ layer: 0, heads: 0, kvHeads: 0, dModel, dHead }) / 4;
  const place = (
    views: LayerWeights['q'],
    from: number,
    to: number,
    work: GPUBuffer,
    scales: MatrixScale[],
  ) =>
    views.slice(from, to).map((view, i) => ({
      view,
      work,
      outBase: ((layerIndex - slab.from) * (to - from) + i) * elements,
      index: 0,
      scales,
      head: from + i,
    }));
  return [
    ...place(q, slab.headFrom, slab.headTo, slab.queries, queryScales),
    ...place(k, slab.kvFrom, slab.kvTo, slab.keys, keyScales),
  ];
}

async function readWords(
  device: GPUDevice,
  source: GPUBuffer,
  answer: OpenDevice['answer'],
): Promise<Uint32Array> {
  const copy = device.createBuffer({ size: source.size, usage: USAGE.mapRead | USAGE.copyDst });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, copy, 0, source.size);
    device.queue.submit([encoder.finish()]);
    await answer(copy.mapAsync(MAP_READ));
    return new Uint32Array(copy.getMappedRange()).slice();
  } finally {
    copy.destroy();
  }
}

function requireOneShape(layers: readonly LayerShape[]): void {
  const first = layers[0];
  const isOne = layers.every(
    ({ heads, kvHeads, dModel, dHead }) =>
      heads === first?.heads && kvHeads === first.kvHeads && dModel === first.dModel && dHead === first.dHead,
  );
  if (!isOne) throw new QKError('internal', 'Layers of different shapes were loaded into one handle.');
}
