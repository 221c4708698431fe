import { dot, traceOfSquare } from '../linalg/gram.ts';
import { type Rotation, turnAt, turnColumns, turnRows } from '../linalg/rotation.ts';
import { symmetryRatio } from './symmetry.ts';

/** A = WqᵀWq, B = WkᵀWk and C = WkᵀWq of one head, [dh, dh] row-major; the true ones are these times 2^log2Scale. */
export interface HeadProducts {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly log2Scale: { readonly a: number; readonly b: number; readonly c: number };
}

/**
 * r of M = Wq R_Δ Wkᵀ for each Δ, without d × d work: with the keys turned, B becomes R B Rᵀ and C becomes R C, so
 * ‖M‖² = tr(A R B Rᵀ) and tr(MM) = tr(R C R C). O(dh²) an offset. Null where r is undefined.
 * @param dHead dh
 * @param from the offset at which the keys of these products are turned already
 */
export function ropeCurve(
  { a, b, c, log2Scale }: HeadProducts,
  dHead: number,
  rotation: Rotation,
  deltas: readonly number[],
  from = 0,
): (number | null)[] {
  // tr(CC) is told in the scale of C twice, ‖M‖² in that of A and B.
  const factor = 2 ** (2 * log2Scale.c - log2Scale.a - log2Scale.b);
  return deltas.map((delta) => {
    const turn = turnAt(rotation, delta - from);
    const turnedB = b.slice();
    turnRows(turnedB, dHead, turn);
    turnColumns(turnedB, dHead, turn);
    const turnedC = c.slice();
    turnRows(turnedC, dHead, turn);
    // A and R B Rᵀ are symmetric: the trace of their product is the sum of the products of their elements.
    return symmetryRatio({ traceCC: factor * traceOfSquare(turnedC, dHead), traceAB: dot(a, turnedB) });
  });
}
