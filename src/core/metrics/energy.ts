/** Shares of ‖M‖²_F: of the symmetric part (M+Mᵀ)/2, and of the antisymmetric part (M−Mᵀ)/2. */
export interface EnergyShares {
  readonly symmetric: number;
  readonly antisymmetric: number;
}

/**
 * The symmetric part's share is what symmetryRatio gives; the rest is the antisymmetric part's, since the two are
 * orthogonal.
 */
export function energyShares(r: number): EnergyShares {
  return { symmetric: r, antisymmetric: 1 - r };
}
