/**
 * The shares of ‖M‖² that lie in the symmetric part (M+Mᵀ)/2 and in the antisymmetric part (M−Mᵀ)/2: r and 1 − r, since the two are
 * orthogonal.
 */
export function energyShares(r: number): { readonly symmetric: number; readonly antisymmetric: number } {
  return { symmetric: r, antisymmetric: 1 - r };
}
