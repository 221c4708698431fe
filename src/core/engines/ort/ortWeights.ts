// Packs a layer's weights as tensors for onnxruntime-web.
import { kvHeadOf, type LayerWeights } from '../../weights/layerWeights.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import { type Packed, packScaled } from '../../weights/packScaled.ts';

/** A matrix as float32 [dh, width], scaled, with what is needed to read the sums. */
export interface PackedMatrix extends Packed {
  readonly values: Float32Array;
}

/** The packed heads of the layers of a chunk, one after the other. */
export interface ChunkMemory {
  readonly queries: Float32Array;
  readonly keys: Float32Array;
  /** Heads that are packed so far. */
  filled: { queries: number; keys: number };
}

/** The first heads of one layer in its chunk's memory. */
interface ResidentHeads {
  readonly memory: ChunkMemory;
  readonly firstQuery: number;
  readonly firstKey: number;
}

/** The heads of one layer, each packed once (resident) or whenever it is asked for. */
export interface OrtLayer {
  readonly layer: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dModel: number;
  readonly dHead: number;
  /** dModel rounded up to whole blocks of sums; the rest is zero, which changes nothing. */
  readonly width: number;
  q(head: number): PackedMatrix;
  k(kvHead: number): PackedMatrix;
  /** Packs a head into the caller's memory, dHead · width long: nothing is left for the garbage collector. */
  packQ(head: number, target: Float32Array): Packed;
  packK(kvHead: number, target: Float32Array): Packed;
  /** Where this layer's heads lie packed, if they do: a batch is then a part of that memory, uncopied. */
  readonly resident: ResidentHeads | null;
  /** Returns the query heads of a key head. */
  groupOf(kvHead: number): readonly number[];
}

/** Memory for layers of one shape. */
export function chunkMemory(layers: readonly LayerWeights[], block: number): ChunkMemory {
  const { dModel, dHead, q, k } = layers[0]!;
  const size = layers.length * dHead * widthOf(dModel, block);
  return {
    queries: new Float32Array(q.length * size),
    keys: new Float32Array(k.length * size),
    filled: { queries: 0, keys: 0 },
  };
}

/**
 * Returns a layer's heads: packed now into `memory`, after the layers that lie there, or, without it, whenever they
 * are asked for.
 */
export function prepareLayer(weights: LayerWeights, block: number, memory: ChunkMemory | null): OrtLayer {
  const { layer, dModel, dHead, q, k } = weights;
  const width = widthOf(dModel, block);
  const size = dHead * width;
  const shape = { layer, heads: q.length, kvHeads: k.length, dModel, dHead, width };
  const heads = q.map((_, head) => head);
  const groupOf = (kvHead: number) => heads.filter((head) => kvHeadOf(head, q.length, k.length) === kvHead);
  const pack = (view: MatrixView, values: Float32Array): PackedMatrix => ({
    ...packScaled(view, values, width),
    values,
  });
  if (memory === null) {
    const fresh = (view: MatrixView) => pack(view, new Float32Array(size));
    return {
      ...shape,
      groupOf,
      resident: null,
      q: (head) => fresh(q[head]!),
      k: (head) => fresh(k[head]!),
      packQ: (head, target) => packScaled(q[head]!, target, width),
      packK: (head, target) => packScaled(k[head]!, target, width),
    };
  }
  const packAll = (views: readonly MatrixView[], all: Float32Array, first: number) =>
    views.map((view, index) => pack(view, all.subarray((first + index) * size, (first + index + 1) * size)));
  const { queries: firstQuery, keys: firstKey } = memory.filled;
  const queries = packAll(q, memory.queries, firstQuery);
  const keys = packAll(k, memory.keys, firstKey);
  memory.filled = { queries: firstQuery + q.length, keys: firstKey + k.length };
  return {
    ...shape,
    groupOf,
    resident: { memory, firstQuery, firstKey },
    q: (head) => queries[head]!,
    k: (head) => keys[head]!,
    packQ: (head, target) => copyInto(queries[head]!, target),
    packK: (head, target) => copyInto(keys[head]!, target),
  };
}

function widthOf(dModel: number, block: number): number {
  return Math.ceil(dModel / block) * block;
}

function copyInto({ values, exponent, allFinite }: PackedMatrix, target: Float32Array): Packed {
  target.set(values);
  return { exponent, allFinite };
}
