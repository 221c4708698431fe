/**
 * Returns the mean and the standard deviation of s where M's singular directions are random: 1/d and √2/d, whatever
 * the spectrum.
 */
export function nullModel(dModel: number): { readonly mean: number; readonly sd: number } {
  return { mean: 1 / dModel, sd: Math.SQRT2 / dModel };
}
