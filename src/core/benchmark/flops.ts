// Counts the operations and bytes of each method.
import type { Method } from '../engines/index.ts';
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import type { ScopeName } from '../result/index.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';

/** The work of one pass: `layers` layers of `heads` query heads and `kvHeads` key heads, each [dModel, dHead]. */
export interface WorkShape {
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dModel: number;
  readonly dHead: number;
}

/**
 * Floating-point operations that a pass needs, a multiplication and an addition counting one each. It is what the
 * definition needs, not what an engine spends: an engine that computes A and B in full shows a lower rate.
 *
 * - norm, per head: M = Wq Wkᵀ takes 2 d² dh; then 5 d²: M + Mᵀ, its squares and their sum, M's squares and their sum.
 * - trace, per head: C = WkᵀWq takes 2 d dh²; A = WqᵀWq and B = WkᵀWk are symmetric, d dh (dh + 1) each; together
 *   2 d (2 dh² + dh), which is one SYRK of [Wk, Wq]. Then 4 dh² for Σ Cᵢⱼ Cⱼᵢ and Σ Aᵢⱼ Bᵢⱼ.
 * - the batched methods compute B once per key head; a head at a time, once per query head.
 *
 * Source: counted from the definitions of r in arXiv:2502.10927; a product of [m, k] and [k, n] is 2mnk operations and
 * xSYRK n (n + 1) k, as LAPACK Working Note 41 counts them.
 */
export function passFlops(method: Method, scope: ScopeName, shape: WorkShape): number {
  const { dModel: d, dHead: dh } = shape;
  const heads = scope === 'head' ? 1 : shape.layers * shape.heads;
  if (method === 'norm') return heads * (2 * d * d * dh + 5 * d * d);
  const gram = d * dh * (dh + 1);
  const keyGrams = isBatched(method, scope) ? shape.layers * shape.kvHeads : heads;
  return heads * (gram + 2 * d * dh * dh + 4 * dh * dh) + keyGrams * gram;
}

/**
 * Returns the bytes of weights that a pass reads, in the dtype they are stored in: Wq and Wk of every head that is
 * entered, and in the batched methods each Wk once. M, a d × d intermediate of norm, isn't counted. `layers` are
 * those in scope; for a head, `head` says which.
 */
export function passBytes(
  method: Method,
  scope: ScopeName,
  layers: readonly LayerWeights[],
  head: number,
): number {
  let bytes = 0;
  for (const { q, k } of layers) {
    const keyOf = (h: number) => viewBytes(k[kvHeadOf(h, q.length, k.length)]!);
    if (scope === 'head') return viewBytes(q[head]!) + keyOf(head);
    bytes += q.reduce((sum, view) => sum + viewBytes(view), 0);
    bytes += isBatched(method, scope)
      ? k.reduce((sum, view) => sum + viewBytes(view), 0)
      : q.reduce((sum, _, h) => sum + keyOf(h), 0);
  }
  return bytes;
}

function isBatched(method: Method, scope: ScopeName): boolean {
  return scope !== 'head' && (method === 'trace-heads' || method === 'trace-full');
}

function viewBytes(view: MatrixView): number {
  return view.rows * view.cols * BYTES_PER_ELEMENT[view.dtype];
}
