import { type Rotation, turnAt } from '../linalg/rotation.ts';
import { symmetryRatio } from './symmetry.ts';

/** A = WqᵀWq, B = WkᵀWk and C = WkᵀWq of one head, [dh, dh] row-major; the true ones are these times 2^log2Scale. */
export interface HeadProducts {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly log2Scale: { readonly a: number; readonly b: number; readonly c: number };
}

/**
 * r of M = Wq R_Δ Wkᵀ for each Δ, without d × d work: ‖M‖² = tr(A R B Rᵀ) and tr(MM) = tr(C R C R). R turns planes
 * of two features each, so both are sums over pairs of planes of cosines and sines, whose coefficients are found
 * once: O(dh²), and O(dh²) again for each offset. Null where r is undefined.
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
  const planes = planesOf(rotation, dHead);
  const norm = coefficients(a, b, dHead, planes, -1);
  const trace = coefficients(c, c, dHead, planes, 1);
  // tr(MM) is given in the scale of C twice, ‖M‖² in that of A and B.
  const factor = 2 ** (2 * log2Scale.c - log2Scale.a - log2Scale.b);
  const [cos, sin] = [new Float64Array(planes.length).fill(1), new Float64Array(planes.length)];
  return deltas.map((delta) => {
    const turn = turnAt(rotation, delta - from);
    cos.set(turn.cos);
    sin.set(turn.sin);
    return symmetryRatio({
      traceCC: factor * evaluate(trace, cos, sin),
      traceAB: evaluate(norm, cos, sin),
    });
  });
}

/** Two features; of an odd number of features the last plane has one, and −1 for the other. */
type Plane = readonly [first: number, second: number];

/** Lists the planes that turn, in the rotation's order, then the features that stay, two by two. */
function planesOf(rotation: Rotation, dHead: number): Plane[] {
  const planes: Plane[] = [...turnAt(rotation, 0).pairs];
  for (let feature = rotation.dims; feature < dHead; feature += 2)
    planes.push([feature, feature + 1 < dHead ? feature + 1 : -1]);
  return planes;
}

/** The coefficients of cᵢcⱼ, cᵢsⱼ, sᵢcⱼ and sᵢsⱼ for planes i ≤ j, one after the other. */
type Coefficients = Float64Array;

/**
 * Computes the coefficients of tr(X R Y Rᵀ) (`sign` −1) or tr(X R Y R) (1) for R = cI + sJ on each plane, J = [[0,
 * −1], [1, 0]]: block by block tr(Xᵢⱼ (cⱼ + sⱼJ) Yⱼᵢ (cᵢ ± sᵢJ)).
 */
function coefficients(
  x: Float64Array,
  y: Float64Array,
  dHead: number,
  planes: readonly Plane[],
  sign: 1 | -1,
): Coefficients {
  const count = planes.length;
  const out = new Float64Array(2 * count * (count + 1));
  const element = (m: Float64Array, row: number, col: number) =>
    row < 0 || col < 0 ? 0 : m[row * dHead + col]!;
  const add = (i: number, j: number, to: number, isTurnedRound: boolean) => {
    const [i0, i1] = planes[i]!;
    const [j0, j1] = planes[j]!;
    const [x00, x01, x10, x11] = [
      element(x, i0, j0),
      element(x, i0, j1),
      element(x, i1, j0),
      element(x, i1, j1),
    ];
    const [y00, y01, y10, y11] = [
      element(y, j0, i0),
      element(y, j0, i1),
      element(y, j1, i0),
      element(y, j1, i1),
    ];
    // tr(XY), tr(XJY), tr(XYJ), tr(XJYJ), where XJ = [[x01, −x00], [x11, −x10]].
    const xy = x00 * y00 + x01 * y10 + x10 * y01 + x11 * y11;
    const xjy = x01 * y00 - x00 * y10 + x11 * y01 - x10 * y11;
    const xyj = x00 * y01 + x01 * y11 - x10 * y00 - x11 * y10;
    const xjyj = x01 * y01 - x00 * y11 - x11 * y00 + x10 * y10;
    out[to]! += xy;
    out[to + (isTurnedRound ? 2 : 1)]! += xjy;
    out[to + (isTurnedRound ? 1 : 2)]! += sign * xyj;
    out[to + 3]! += sign * xjyj;
  };
  let to = 0;
  for (let i = 0; i < count; i++)
    for (let j = i; j < count; j++, to += 4) {
      add(i, j, to, false);
      if (j !== i) add(j, i, to, true);
    }
  return out;
}

function evaluate(terms: Coefficients, cos: Float64Array, sin: Float64Array): number {
  let sum = 0;
  let term = 0;
  for (let i = 0; i < cos.length; i++) {
    let [ofCos, ofSin] = [0, 0];
    for (let j = i; j < cos.length; j++, term += 4) {
      const [c, s] = [cos[j]!, sin[j]!];
      ofCos += terms[term]! * c + terms[term + 1]! * s;
      ofSin += terms[term + 2]! * c + terms[term + 3]! * s;
    }
    sum += cos[i]! * ofCos + sin[i]! * ofSin;
  }
  return sum;
}
