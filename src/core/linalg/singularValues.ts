import { factorGramSteps } from './factorGram.ts';

/** More sweeps than Jacobi's method has ever been seen to need (about ten). */
const MAX_SWEEPS = 40;

/**
 * Computes the singular values of a matrix of `count` rows of `length` elements, largest first: `count` of them.
 * One-sided Jacobi (Hestenes 1958): rows are turned in pairs until all are orthogonal; their lengths are the
 * singular values, each to full relative accuracy. Stops after each row.
 */
export function* singularValueSteps(
  matrix: Float64Array,
  count: number,
  length: number,
): Generator<void, number[]> {
  const a = matrix.slice();
  const squares = new Float64Array(count);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    for (let i = 0; i < count; i++) squares[i] = innerOf(a, i, i, length);
    let isOrthogonal = true;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) {
        const inner = innerOf(a, i, j, length);
        if (!(Math.abs(inner) > Number.EPSILON * Math.sqrt(squares[i]! * squares[j]!))) continue;
        isOrthogonal = false;
        turn(a, i, j, length, squares, inner);
      }
      yield;
    }
    if (isOrthogonal) break;
  }
  return Array.from({ length: count }, (_, i) => Math.sqrt(innerOf(a, i, i, length))).sort((x, y) => y - x);
}

/**
 * Computes the singular values of M = Wq Wkᵀ from A = WqᵀWq and B = WkᵀWk [n, n], n of them, largest first: their
 * squares are the eigenvalues of A B. With A = RᵀR and B = SᵀS they are those of R Sᵀ, whose squares needn't be
 * formed. What lies below about √(n·2⁻⁵²) of ‖Wq‖‖Wk‖ is 0. Stops after each row.
 */
export function* singularValuesOfProduct(
  a: Float64Array,
  b: Float64Array,
  n: number,
): Generator<void, number[]> {
  const r = yield* factorGramSteps(a, n);
  const s = yield* factorGramSteps(b, n);
  const product = new Float64Array(r.rank * s.rank);
  for (let i = 0; i < r.rank; i++) {
    for (let j = 0; j < s.rank; j++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += r.factor[i * n + c]! * s.factor[j * n + c]!;
      product[i * s.rank + j] = sum;
    }
    yield;
  }
  const found = yield* singularValueSteps(product, r.rank, s.rank);
  // A product of rank at most min(r, s).
  return Array.from({ length: n }, (_, i) => (i < Math.min(r.rank, s.rank) ? found[i]! : 0));
}

function innerOf(a: Float64Array, i: number, j: number, length: number): number {
  const [x, y] = [i * length, j * length];
  let sum = 0;
  for (let c = 0; c < length; c++) sum += a[x + c]! * a[y + c]!;
  return sum;
}

/** Turns rows i and j in their plane so that they are orthogonal. */
function turn(
  a: Float64Array,
  i: number,
  j: number,
  length: number,
  squares: Float64Array,
  inner: number,
): void {
  const zeta = (squares[j]! - squares[i]!) / (2 * inner);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  const [x, y] = [i * length, j * length];
  for (let c = 0; c < length; c++) {
    const [p, q] = [a[x + c]!, a[y + c]!];
    a[x + c] = cosine * p - sine * q;
    a[y + c] = sine * p + cosine * q;
  }
  const before = [squares[i]!, squares[j]!] as const;
  squares[i] = before[0] - tangent * inner;
  squares[j] = before[1] + tangent * inner;
  // Where much cancels the length is measured again.
  if (!(squares[i]! > before[0] / 4)) squares[i] = innerOf(a, i, i, length);
  if (!(squares[j]! > before[1] / 4)) squares[j] = innerOf(a, j, j, length);
}
