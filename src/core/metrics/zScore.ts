import { nullModel } from './nullModel.ts';

/**
 * Computes z = (s − 1/d) · d / √2: how many standard deviations s lies from the mean of random orientations
 * (nullModel).
 */
export function zScore(s: number, dModel: number): number {
  const { mean, sd } = nullModel(dModel);
  return (s - mean) / sd;
}

/** Returns the s that has this z: the inverse of zScore. */
export function scoreOfZ(z: number, dModel: number): number {
  const { mean, sd } = nullModel(dModel);
  return mean + z * sd;
}
