/**
 * Brings a square matrix [n, n] to upper Hessenberg form in place, by Householder reflections: its eigenvalues stay.
 * Stops after each column.
 */
export function* hessenbergSteps(a: Float64Array, n: number): Generator<void, void> {
  const v = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    let below = 0;
    for (let i = k + 2; i < n; i++) below = Math.max(below, Math.abs(a[i * n + k]!));
    if (below === 0) continue;
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]!;
      square += v[i]! * v[i]!;
    }
    const length = Math.sqrt(square);
    const first = v[k + 1]!;
    v[k + 1] = first + (first < 0 ? -length : length);
    // 2 / vᵀv
    const factor = 1 / (square + Math.abs(first) * length);
    for (let j = k; j < n; j++) {
      let sum = 0;
      for (let i = k + 1; i < n; i++) sum += v[i]! * a[i * n + j]!;
      sum *= factor;
      for (let i = k + 1; i < n; i++) a[i * n + j]! -= sum * v[i]!;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      sum *= factor;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= sum * v[j]!;
    }
    for (let i = k + 2; i < n; i++) a[i * n + k] = 0;
    yield;
  }
}
