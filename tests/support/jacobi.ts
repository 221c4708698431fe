/** Singular values of a square matrix, largest first, by one-sided Jacobi rotations in float64: slow, and of no kin to the code under test. */
export function singularValuesByJacobi(m: readonly Float64Array[]): number[] {
  const columns = m.map((_, j) => Float64Array.from(m, (row) => row[j]!));
  const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = 0;
    for (let p = 0; p < columns.length; p++)
      for (let q = p + 1; q < columns.length; q++) {
        const [x, y] = [columns[p]!, columns[q]!];
        const [alpha, beta, gamma] = [inner(x, x), inner(y, y), inner(x, y)];
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) continue;
        turned++;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cos = 1 / Math.hypot(1, t);
        for (let i = 0; i < x.length; i++) {
          const [a, b] = [x[i]!, y[i]!];
          x[i] = cos * (a - t * b);
          y[i] = cos * (b + t * a);
        }
      }
    if (turned === 0) break;
  }
  return columns.map((column) => Math.sqrt(inner(column, column))).sort((a, b) => b - a);
}
