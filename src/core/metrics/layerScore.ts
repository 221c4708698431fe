import { symmetryRatio, symmetryScore, type TraceSums } from './symmetry.ts';

/**
 * Computes r and s of a whole layer, the paper's score: of M = Σ_h Wq_h Wk_hᵀ, whose tr(MM) = Σ_gh tr(C_gh C_hg) and
 * ‖M‖² = Σ_gh tr(A_gh B_hg) are sums over all pairs of the layer's heads (arXiv:2502.10927). Null where undefined.
 */
export function layerScore(sums: TraceSums): { readonly r: number | null; readonly s: number | null } {
  const r = symmetryRatio(sums);
  return { r, s: r === null ? null : symmetryScore(r) };
}
