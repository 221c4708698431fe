/** What an engine knows of a head's float32 sums. */
interface RoundedSums {
  /** ‖M‖²_F = Σᵢⱼ Aᵢⱼ Bᵢⱼ, as computed. */
  readonly traceAB: number;
  /** Σᵢ Aᵢᵢ Bᵢᵢ, as computed. */
  readonly diagonalAB: number;
  readonly dModel: number;
  readonly dHead: number;
  /** Float32 additions that follow each other in the sum of one element of A, B or C. */
  readonly longestSum: number;
  /** Largest magnitudes of Wq and Wk as they were multiplied. */
  readonly largestQ: number;
  readonly largestK: number;
}

/** Half of the distance from 1 to the next float32. */
const UNIT = 2 ** -24;
/** Float32 products below it lose digits, or are taken as zero. */
const SMALLEST_NORMAL = 2 ** -126;
/**
 * Errors of the single additions have either sign, so that those of a sum grow as the root of its length; the factor
 * is from measurements: the largest of some 30,000 heads of 17 hostile families.
 */
const SPREAD = 0.3;
/** Shorter sums are as far off as if they were so long: what then counts is the rounding of the products. */
const SHORTEST_SUM = 48;

/**
 * Estimates from above how far float32 may have moved r = ½ (1 + Σ C∘Cᵀ / Σ A∘B).
 *
 * Rounding: an element Aᵢⱼ is off by at most some γ √(Aᵢᵢ Aⱼⱼ), likewise B and C. With errors that don't know of
 * each other the sums are then off by about γ √(Σᵢⱼ Aᵢᵢ Aⱼⱼ Bᵢⱼ²) ≤ γ Σᵢ Aᵢᵢ Bᵢᵢ (since Bᵢⱼ² ≤ Bᵢᵢ Bⱼⱼ), and r by
 * that over ‖M‖². So Σᵢ Aᵢᵢ Bᵢᵢ / ‖M‖² is the head's condition: 1 or less where features don't cancel, as in most
 * heads, and large where they nearly do.
 *
 * Underflow: each of the d products of an element loses at most the smallest normal number, which the other matrix's
 * elements multiply.
 */
export function roundingError(sums: RoundedSums): number {
  const { traceAB, diagonalAB, dModel, dHead, longestSum } = sums;
  const { largestQ: q, largestK: k } = sums;
  // One of them is zero, and so is M.
  if (q === 0 || k === 0) return 0;
  if (!(traceAB > 0)) return Number.POSITIVE_INFINITY;
  const rounding = (SPREAD * UNIT * Math.sqrt(Math.max(SHORTEST_SUM, longestSum)) * diagonalAB) / traceAB;
  const underflow = (4 * SMALLEST_NORMAL * (dModel * dHead) ** 2 * (q * q + k * k)) / traceAB;
  return rounding + underflow;
}
