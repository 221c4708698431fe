/**
 * Computes exp of the entropy of the shares pᵢ = σᵢ/Σσ, 1 … n: how many directions M uses (Roy and Vetterli
 * 2007, "The effective rank"). Null for a zero M.
 */
export function effectiveRank(singularValues: readonly number[]): number | null {
  const sum = singularValues.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return null;
  let entropy = 0;
  for (const value of singularValues) {
    const share = value / sum;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
