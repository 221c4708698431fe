/** r of one head, or undefined for a zero or non-finite M. q, k: [d][dh] row-major. */
export type Oracle = (q: Float64Array, k: Float64Array, d: number, dh: number) => number | undefined;

/** By definition: M = Wq Wkᵀ written out in float64, r = ‖(M+Mᵀ)/2‖² / ‖M‖². */
export const explicitRatio: Oracle = (q0, k0, d, dh) => {
  const [q, k] = [normalized(q0), normalized(k0)];
  const m = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let c = 0; c < dh; c++) sum += q[i * dh + c]! * k[j * dh + c]!;
      m[i * d + j] = sum;
    }
  }
  let symmetric = 0;
  let all = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const here = m[i * d + j]!;
      symmetric += ((here + m[j * d + i]!) / 2) ** 2;
      all += here * here;
    }
  }
  return all > 0 ? symmetric / all : undefined;
};

/** By the trace identity in float64, for sizes where writing M out takes too long. */
export const traceRatio: Oracle = (q0, k0, d, dh) => {
  const [q, k] = [normalized(q0), normalized(k0)];
  const [a, b, c] = [gram(q, q, d, dh), gram(k, k, d, dh), gram(k, q, d, dh)];
  let cc = 0;
  let ab = 0;
  for (let i = 0; i < dh; i++) {
    for (let j = 0; j < dh; j++) {
      cc += c[i * dh + j]! * c[j * dh + i]!;
      ab += a[i * dh + j]! * b[i * dh + j]!;
    }
  }
  return ab > 0 ? (1 + cc / ab) / 2 : undefined;
};

/** Divided by its largest element, so that squares of 1e-30 don't vanish; r doesn't change. */
function normalized(x: Float64Array): Float64Array {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest > 0 ? x.map((value) => value / largest) : x;
}

/** xᵀ y, [dh, dh]. */
function gram(x: Float64Array, y: Float64Array, d: number, dh: number): Float64Array {
  const out = new Float64Array(dh * dh);
  for (let row = 0; row < d; row++) {
    const yRow = y.subarray(row * dh, (row + 1) * dh);
    for (let i = 0; i < dh; i++) {
      const factor = x[row * dh + i]!;
      const at = i * dh;
      for (let j = 0; j < dh; j++) out[at + j]! += factor * yRow[j]!;
    }
  }
  return out;
}
