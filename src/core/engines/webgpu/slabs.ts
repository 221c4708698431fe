// Plans the buffers in which matrices are stored on the GPU.
import { QKError } from '../../errors.ts';
import { kvHeadOf } from '../../weights/layerWeights.ts';
import type { LayerShape } from '../engine.ts';
import { DEFAULT_LIMITS, MAX_GROUPS } from './constants.ts';

/**
 * Heads whose matrices lie in one pair of work buffers (queries, keys), so that one dispatch reaches them: several
 * whole layers [from, to), or heads [headFrom, headTo) of one layer that is larger than a binding.
 * Heads are numbered by layer, then by head.
 */
export interface SlabPlan {
  readonly from: number;
  readonly to: number;
  readonly headFrom: number;
  readonly headTo: number;
  readonly kvFrom: number;
  readonly kvTo: number;
}

export interface SlabSet {
  readonly slabs: readonly SlabPlan[];
  /** For trace-full: one batch each. */
  readonly chunks: readonly (readonly [from: number, to: number])[];
}

/** vec4s of one row of a work matrix: dh rounded up to 4. */
export function rowVec4sOf(dHead: number): number {
  return Math.ceil(dHead / 4);
}

/** Returns the bytes of one work matrix, f32 [d][4 · rowVec4s]. */
export function matrixBytes({ dModel, dHead }: LayerShape): number {
  return dModel * rowVec4sOf(dHead) * 16;
}

/** Distributes layers of one shape over as few slabs as the bindings allow. */
export function planSlabs(layers: readonly LayerShape[], maxBytes = DEFAULT_LIMITS.bindingBytes): SlabSet {
  const shape = layers[0];
  if (shape === undefined) return { slabs: [], chunks: [] };
  const { heads, kvHeads } = shape;
  const perSlab = Math.min(MAX_GROUPS, Math.floor(maxBytes / matrixBytes(shape)));
  if (perSlab === 0) {
    throw new QKError('too-large', `One head [${shape.dModel}, ${shape.dHead}] exceeds a WebGPU binding.`, {
      hint: 'Choose another engine.',
    });
  }
  const slabs: SlabPlan[] = [];
  const chunks: [number, number][] = [];
  // Key heads are never more than query heads, so the queries bind.
  const layersPerSlab = Math.floor(perSlab / heads);
  if (layersPerSlab > 0) {
    for (let from = 0; from < layers.length; from += layersPerSlab) {
      const to = Math.min(layers.length, from + layersPerSlab);
      slabs.push({ from, to, headFrom: 0, headTo: heads, kvFrom: 0, kvTo: kvHeads });
      chunks.push([from, to]);
    }
    return { slabs, chunks };
  }
  for (let from = 0; from < layers.length; from++) {
    for (let headFrom = 0; headFrom < heads; headFrom += perSlab) {
      const headTo = Math.min(heads, headFrom + perSlab);
      // A key head whose group is cut in two lies in both slabs.
      const kvFrom = kvHeadOf(headFrom, heads, kvHeads);
      const kvTo = kvHeadOf(headTo - 1, heads, kvHeads) + 1;
      slabs.push({ from, to: from + 1, headFrom, headTo, kvFrom, kvTo });
    }
    chunks.push([from, from + 1]);
  }
  return { slabs, chunks };
}

/** Returns the position in the slab of the query head `head` of the layer at `layerIndex`. */
export function slabIndex(slab: SlabPlan, layerIndex: number, head: number): number {
  return (layerIndex - slab.from) * (slab.headTo - slab.headFrom) + head - slab.headFrom;
}

/**
 * Returns the slab's table for the shaders: [heads][2], where each head's Wq and Wk begin in their buffers, in
 * vec4s.
 */
export function slabTable(slab: SlabPlan, shape: LayerShape): Uint32Array<ArrayBuffer> {
  const { heads, kvHeads, dModel, dHead } = shape;
  const matrixVec4s = dModel * rowVec4sOf(dHead);
  const table = new Uint32Array((slab.to - slab.from) * (slab.headTo - slab.headFrom) * 2);
  let next = 0;
  for (let layerIndex = slab.from; layerIndex < slab.to; layerIndex++) {
    for (let head = slab.headFrom; head < slab.headTo; head++) {
      const kv =
        (layerIndex - slab.from) * (slab.kvTo - slab.kvFrom) + kvHeadOf(head, heads, kvHeads) - slab.kvFrom;
      table[next] = (next / 2) * matrixVec4s;
      table[next + 1] = kv * matrixVec4s;
      next += 2;
    }
  }
  return table;
}
