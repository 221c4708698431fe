/** Adds Xᵀ Y to C over the rows [from, to) of X [d, m] and Y [d, n], row-major float64; C is [m, n]. */
export function addGram(
  c: Float64Array,
  x: Float64Array,
  m: number,
  y: Float64Array,
  n: number,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const yAt = row * n;
    for (let i = 0; i < m; i++) {
      const factor = x[row * m + i]!;
      const cAt = i * n;
      for (let j = 0; j < n; j++) c[cAt + j]! += factor * y[yAt + j]!;
    }
  }
}

/** Computes Σᵢⱼ Xᵢⱼ Yᵢⱼ of two equally long arrays. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
