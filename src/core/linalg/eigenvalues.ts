import { hessenbergSteps } from './hessenberg.ts';
import { runToCompletion } from './runToCompletion.ts';

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/**
 * Steps for one eigenvalue; two or three are usual. Every tenth is taken aside, since a regular one can go in
 * circles.
 */
const MAX_STEPS = 60;
const STEPS_ASIDE = 10;

/**
 * Computes the eigenvalues of a real square matrix [n, n], row-major, by modulus, largest first; of a conjugate
 * pair, the one above the real axis first. O(10 n³). Hessenberg form, then the QR algorithm with Francis's double
 * shift (EISPACK's hqr, in the public domain). The libraries for the browser that we tried never end on a zero or
 * nilpotent matrix. Null for what isn't finite, and should the iteration not converge.
 */
export function eigenvalues(matrix: Float64Array, n: number): Complex[] | null {
  return runToCompletion(eigenvalueSteps(matrix, n));
}

/**
 * Computes the eigenvalues, stopping after each QR step: at a thousand columns they take a minute together.
 */
export function* eigenvalueSteps(matrix: Float64Array, n: number): Generator<void, Complex[] | null> {
  if (!matrix.every(Number.isFinite)) return null;
  const a = matrix.slice();
  yield* hessenbergSteps(a, n);
  let norm = 0;
  for (let i = 0; i < n; i++) for (let j = Math.max(i - 1, 0); j < n; j++) norm += Math.abs(a[i * n + j]!);
  const found: Complex[] = [];
  let shifted = 0;
  let end = n - 1;
  let steps = 0;
  while (end >= 0) {
    const start = blockStart(a, n, end, norm);
    const x = a[end * n + end]!;
    if (start === end) {
      found.push({ re: x + shifted, im: 0 });
      end -= 1;
      steps = 0;
      continue;
    }
    const y = a[(end - 1) * n + end - 1]!;
    const w = a[end * n + end - 1]! * a[(end - 1) * n + end]!;
    if (start === end - 1) {
      found.push(...pairOf(x, y, w, shifted));
      end -= 2;
      steps = 0;
      continue;
    }
    if (steps === MAX_STEPS) return null;
    let shifts = { x, y, w };
    if (steps > 0 && steps % STEPS_ASIDE === 0) {
      shifted += x;
      for (let i = 0; i <= end; i++) a[i * n + i]! -= x;
      const s = Math.abs(a[end * n + end - 1]!) + Math.abs(a[(end - 1) * n + end - 2]!);
      shifts = { x: 0.75 * s, y: 0.75 * s, w: -0.4375 * s * s };
    }
    steps += 1;
    sweep(a, n, start, end, shifts);
    yield;
  }
  return found.sort((p, q) => Math.hypot(q.re, q.im) - Math.hypot(p.re, p.im) || q.re - p.re || q.im - p.im);
}

/**
 * Returns where the last block that hangs together begins: below it a subdiagonal element is negligible, and is set
 * to 0.
 */
function blockStart(a: Float64Array, n: number, end: number, norm: number): number {
  for (let l = end; l > 0; l--) {
    const around = Math.abs(a[(l - 1) * n + l - 1]!) + Math.abs(a[l * n + l]!);
    const size = around === 0 ? norm : around;
    if (Math.abs(a[l * n + l - 1]!) + size === size) {
      a[l * n + l - 1] = 0;
      return l;
    }
  }
  return 0;
}

/** Both eigenvalues of the last 2 × 2 block [[y, ·], [·, x]]; w is the product of the other two. */
function pairOf(x: number, y: number, w: number, shifted: number): Complex[] {
  const p = (y - x) / 2;
  const q = p * p + w;
  const root = Math.sqrt(Math.abs(q));
  if (q < 0) {
    const re = x + shifted + p;
    return [
      { re, im: root },
      { re, im: -root },
    ];
  }
  const z = p + (p < 0 ? -root : root);
  const first = x + shifted + z;
  return [
    { re: first, im: 0 },
    { re: z === 0 ? first : x + shifted - w / z, im: 0 },
  ];
}

/**
 * Does one double-shift QR step on the rows and columns from `start` to `end`: a bulge is made at its top and
 * chased down.
 */
function sweep(
  a: Float64Array,
  n: number,
  start: number,
  end: number,
  shifts: { readonly x: number; readonly y: number; readonly w: number },
): void {
  let { top, p, q, r } = bulge(a, n, start, end, shifts);
  for (let i = top + 2; i <= end; i++) {
    a[i * n + i - 2] = 0;
    if (i > top + 2) a[i * n + i - 3] = 0;
  }
  for (let k = top; k < end; k++) {
    const isLast = k === end - 1;
    let scale = 1;
    if (k > top) {
      p = a[k * n + k - 1]!;
      q = a[(k + 1) * n + k - 1]!;
      r = isLast ? 0 : a[(k + 2) * n + k - 1]!;
      scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (scale === 0) continue;
      [p, q, r] = [p / scale, q / scale, r / scale];
    }
    const length = Math.sqrt(p * p + q * q + r * r);
    if (length === 0) continue;
    const s = p < 0 ? -length : length;
    if (k > top) a[k * n + k - 1] = -s * scale;
    else if (start !== top) a[k * n + k - 1] = -a[k * n + k - 1]!;
    p += s;
    const [x, y, z] = [p / s, q / s, r / s];
    q /= p;
    r /= p;
    for (let j = k; j <= end; j++) {
      let sum = a[k * n + j]! + q * a[(k + 1) * n + j]!;
      if (!isLast) {
        sum += r * a[(k + 2) * n + j]!;
        a[(k + 2) * n + j]! -= sum * z;
      }
      a[(k + 1) * n + j]! -= sum * y;
      a[k * n + j]! -= sum * x;
    }
    for (let i = start; i <= Math.min(end, k + 3); i++) {
      let sum = x * a[i * n + k]! + y * a[i * n + k + 1]!;
      if (!isLast) {
        sum += z * a[i * n + k + 2]!;
        a[i * n + k + 2]! -= sum * r;
      }
      a[i * n + k + 1]! -= sum * q;
      a[i * n + k]! -= sum;
    }
  }
}

/**
 * Returns the first column of the shifted square, scaled, and the row where two small subdiagonal elements let it
 * begin.
 */
function bulge(
  a: Float64Array,
  n: number,
  start: number,
  end: number,
  { x, y, w }: { readonly x: number; readonly y: number; readonly w: number },
) {
  for (let top = end - 2; ; top--) {
    const z = a[top * n + top]!;
    const [dx, dy] = [x - z, y - z];
    let p = (dx * dy - w) / a[(top + 1) * n + top]! + a[top * n + top + 1]!;
    let q = a[(top + 1) * n + top + 1]! - z - dx - dy;
    let r = a[(top + 2) * n + top + 1]!;
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    [p, q, r] = [p / s, q / s, r / s];
    if (top === start) return { top, p, q, r };
    const small = Math.abs(a[top * n + top - 1]!) * (Math.abs(q) + Math.abs(r));
    const large =
      Math.abs(p) *
      (Math.abs(a[(top - 1) * n + top - 1]!) + Math.abs(z) + Math.abs(a[(top + 1) * n + top + 1]!));
    if (small + large === large) return { top, p, q, r };
  }
}
