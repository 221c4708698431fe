import { kvHeadOf, type LayerWeights } from '../../weights/layerWeights.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import { type Packed, packScaled } from '../../weights/packScaled.ts';

/** A matrix as float32 [dh, width], scaled, with what is needed to read the sums. */
export interface PackedMatrix extends Packed {
  readonly values: Float32Array;
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
  /** The same into memory of the caller's, dHead · width long: nothing is left for the garbage collector. */
  packQ(head: number, target: Float32Array): Packed;
  packK(kvHead: number, target: Float32Array): Packed;
  /** All query and key heads one after the other, where they are resident: a batch is then a part of them, uncopied. */
  readonly resident: { readonly queries: Float32Array; readonly keys: Float32Array } | null;
  /** Query heads of a key head. */
  groupOf(kvHead: number): readonly number[];
}

export function prepareLayer(weights: LayerWeights, block: number, resident: boolean): OrtLayer {
  const { layer, dModel, dHead, q, k } = weights;
  const width = Math.ceil(dModel / block) * block;
  const size = dHead * width;
  const shape = { layer, heads: q.length, kvHeads: k.length, dModel, dHead, width };
  const heads = q.map((_, head) => head);
  const groupOf = (kvHead: number) => heads.filter((head) => kvHeadOf(head, q.length, k.length) === kvHead);
  const pack = (view: MatrixView, values: Float32Array): PackedMatrix => ({
    ...packScaled(view, values, width),
    values,
  });
  if (!resident) {
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
  const packAll = (views: readonly MatrixView[]) => {
    const all = new Float32Array(views.length * size);
    return { all, heads: views.map((view, at) => pack(view, all.subarray(at * size, (at + 1) * size))) };
  };
  const [queries, keys] = [packAll(q), packAll(k)];
  return {
    ...shape,
    groupOf,
    resident: { queries: queries.all, keys: keys.all },
    q: (head) => queries.heads[head]!,
    k: (head) => keys.heads[head]!,
    packQ: (head, target) => copyInto(queries.heads[head]!, target),
    packK: (head, target) => copyInto(keys.heads[head]!, target),
  };
}

function copyInto({ values, exponent, allFinite }: PackedMatrix, target: Float32Array): Packed {
  target.set(values);
  return { exponent, allFinite };
}
