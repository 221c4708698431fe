import { scaleNumber } from '../linalg/powerOfTwoScale.ts';

/** ‖M‖²_F of a scaled M, and the scale: the true M is 2^log2Scale times it. */
export interface ScaledSquare {
  readonly traceAB: number;
  readonly log2Scale: number;
}

/** Below it a double has fewer than its 53 bits. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Computes ‖M‖_F = √(Σ A∘B) · 2^log2Scale, on the weights' own scale; 0 for a zero M. Null where it is no number (a
 * weight is NaN or infinite), and where no double holds it with all its digits.
 */
export function frobeniusNorm({ traceAB, log2Scale }: ScaledSquare): number | null {
  if (traceAB === 0) return 0;
  if (!(traceAB > 0) || !Number.isFinite(traceAB)) return null;
  const norm = scaleNumber(Math.sqrt(traceAB), log2Scale);
  return norm < Infinity && norm >= SMALLEST_NORMAL ? norm : null;
}
