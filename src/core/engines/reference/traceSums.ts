// The trace method in float64, with a bound on its rounding error.
import { addGram } from '../../linalg/gram.ts';
import type { Yielder } from '../yielder.ts';

/** Rows of A, B, C that are summed by themselves: between two of them the clock and the abort signal are looked at. */
const ROWS_PER_BLOCK = 64;
/** Half of the distance from 1 to the next double. */
const UNIT = 2 ** -53;
const SMALLEST_NORMAL = 2 ** -1022;
const TRUSTED_ERROR = 1e-7;

export interface BoundedTraceSums {
  readonly traceCC: number;
  readonly traceAB: number;
  /**
   * True where |Δr| is certainly below 1e-7, whatever the weights are. The error itself is far smaller than its
   * bound.
   */
  readonly isTrusted: boolean;
}

/**
 * Computes Σ C∘Cᵀ and Σ A∘B with A = WqᵀWq, B = WkᵀWk, C = WkᵀWq, in float64: d · dh² · 3 products.
 * @param q Wq, [d, dh] row-major, no element above 1; k likewise
 */
export async function traceSums(
  q: Float64Array,
  k: Float64Array,
  d: number,
  dh: number,
  yielder: Yielder,
): Promise<BoundedTraceSums> {
  const grams = () => [0, 1, 2].map(() => new Float64Array(dh * dh));
  const [sums, block] = [grams(), grams()];
  for (let from = 0; from < d; from += ROWS_PER_BLOCK) {
    const to = Math.min(d, from + ROWS_PER_BLOCK);
    for (const [index, [x, y]] of [
      [q, q],
      [k, k],
      [k, q],
    ].entries()) {
      const [part, sum] = [block[index]!.fill(0), sums[index]!];
      addGram(part, x!, dh, y!, dh, from, to);
      for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
    }
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  }
  const [a, b, c] = sums as [Float64Array, Float64Array, Float64Array];
  return boundedSums({ a, b, c }, d, dh, Math.min(d, ROWS_PER_BLOCK) + d / ROWS_PER_BLOCK);
}

/**
 * Sums three products that are there already, and bounds what rounding may have done to r.
 *
 * The bound: an element Aᵢⱼ is off by at most γ √(Aᵢᵢ Aⱼⱼ), with γ half a unit for each addition that follows
 * another, likewise B and C; so both sums are off by at most 2γ (Σᵢ √(Aᵢᵢ Bᵢᵢ))². (N. J. Higham, Accuracy and
 * Stability of Numerical Algorithms, section 3.1.)
 * @param longestSum additions that followed each other in the sum of one element
 */
export function boundedSums(
  { a, b, c }: Readonly<Record<'a' | 'b' | 'c', Float64Array>>,
  d: number,
  dh: number,
  longestSum: number,
): BoundedTraceSums {
  let [traceCC, traceAB, root] = [0, 0, 0];
  for (let i = 0; i < dh; i++) {
    // By rows: sums of dh terms, not of dh².
    let [cc, ab] = [0, 0];
    for (let j = 0; j < dh; j++) {
      cc += c[i * dh + j]! * c[j * dh + i]!;
      ab += a[i * dh + j]! * b[i * dh + j]!;
    }
    traceCC += cc;
    traceAB += ab;
    root += Math.sqrt(a[i * dh + i]! * b[i * dh + i]!);
  }
  const rounding = 2 * UNIT * (longestSum + dh + 8) * root ** 2;
  const underflow = 16 * SMALLEST_NORMAL * (d * dh) ** 2;
  const isTrusted = rounding + underflow <= TRUSTED_ERROR * traceAB;
  return { traceCC, traceAB, isTrusted };
}
