/** A symmetric matrix without negative eigenvalues, as RᵀR; R has as many rows as it has rank. */
export interface GramFactor {
  readonly rank: number;
  /** R, [rank, n] row-major. */
  readonly factor: Float64Array;
}

/**
 * Factors a Gram matrix G = XᵀX [n, n] as RᵀR, by Cholesky's method with pivots: X is Q R then, for some Q of
 * orthonormal columns. It ends where what is left of the diagonal is rounding, n·2⁻⁵² of its largest element; so
 * directions of X below √(n·2⁻⁵²) of the longest are dropped. Stops after each row.
 */
export function* factorGramSteps(gram: Float64Array, n: number): Generator<void, GramFactor> {
  const residual = gram.slice();
  const factor = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, residual[i * n + i]!);
  const negligible = largest * n * Number.EPSILON;
  const isDone = new Uint8Array(n);
  for (let rank = 0; rank < n; rank++) {
    let pivot = -1;
    for (let i = 0; i < n; i++)
      if (isDone[i] === 0 && (pivot < 0 || residual[i * n + i]! > residual[pivot * n + pivot]!)) pivot = i;
    const square = residual[pivot * n + pivot]!;
    if (!(square > negligible)) return { rank, factor: factor.subarray(0, rank * n) };
    isDone[pivot] = 1;
    const root = Math.sqrt(square);
    const row = factor.subarray(rank * n, (rank + 1) * n);
    for (let j = 0; j < n; j++) if (isDone[j] === 0) row[j] = residual[pivot * n + j]! / root;
    row[pivot] = root;
    for (let i = 0; i < n; i++) {
      if (isDone[i] !== 0) continue;
      const ri = row[i]!;
      for (let j = 0; j < n; j++) residual[i * n + j]! -= ri * row[j]!;
    }
    yield;
  }
  return { rank: n, factor };
}
