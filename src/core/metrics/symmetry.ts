/** The two numbers per head that every engine answers with: tr(M M) and ‖M‖²_F, of equally scaled M. */
export interface TraceSums {
  readonly traceCC: number;
  readonly traceAB: number;
}

/**
 * Computes r = ½ (1 + tr(MM) / ‖M‖²_F) = ‖(M+Mᵀ)/2‖²_F / ‖M‖²_F, from 0 (antisymmetric) over 0.5 to 1 (symmetric);
 * null when it is undefined: M is zero, or a weight isn't finite (arXiv:2502.10927).
 */
export function symmetryRatio({ traceCC, traceAB }: TraceSums): number | null {
  if (!(traceAB > 0) || !Number.isFinite(traceAB) || !Number.isFinite(traceCC)) return null;
  return 0.5 * (1 + traceCC / traceAB);
}

/** Computes s = 2r − 1 = tr(MM) / ‖M‖²_F, −1 … 1. */
export function symmetryScore(r: number): number {
  return 2 * r - 1;
}

/** Computes r = (1 + s)/2, the inverse of symmetryScore. */
export function ratioOfScore(s: number): number {
  return (1 + s) / 2;
}
