/**
 * Computes xᵢ G xᵢᵀ for every row i of X [d, n], G [n, n] symmetric, row-major. With G = B they are the squared
 * norms of the rows of M = X Kᵀ. Written to `out` over the rows [from, to).
 */
export function quadraticForms(
  out: Float64Array,
  x: Float64Array,
  g: Float64Array,
  n: number,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const rowStart = row * n;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const gAt = i * n;
      let inner = 0;
      for (let j = 0; j < i; j++) inner += g[gAt + j]! * x[rowStart + j]!;
      sum += x[rowStart + i]! * (2 * inner + g[gAt + i]! * x[rowStart + i]!);
    }
    out[row] = sum;
  }
}
