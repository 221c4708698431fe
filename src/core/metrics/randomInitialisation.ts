import { sum } from '../linalg/statistics.ts';
import { zScore } from './zScore.ts';

/** One head: its score s, and the widths that its null depends on. */
export interface NullHead {
  readonly s: number;
  readonly dModel: number;
  readonly dHead: number;
}

/** Whether a model's heads lie as random orientations do, and the numbers that say so. */
export interface NullCheck {
  /** too-few: nothing speaks against chance, but so few heads couldn't have shown it. */
  readonly verdict: 'random' | 'not-random' | 'too-few';
  readonly heads: number;
  /** Mean of z over the heads, and how far from 0 chance takes it. */
  readonly mean: number;
  readonly meanLimit: number;
  /** Root mean square of z (1 by chance), and between which ends chance leaves it. */
  readonly spread: number;
  readonly spreadLimits: readonly [low: number, high: number];
}

/**
 * Two-sided quantile of the normal distribution at 0.05 %: the two checks together miss one untrained model in a
 * thousand.
 */
const QUANTILE = 3.4808;
/** One-sided 99 % point of the normal distribution. */
const POWER_QUANTILE = 2.3263;
/**
 * "Enough heads" means that heads which spread twice as far as chance would be distinguished from it 99 times of
 * 100.
 */
const TWICE = 2;

/**
 * Checks whether these heads are consistent with random orientations. By chance z = (s − 1/d)·d/√2 has mean 0 and
 * variance 1 (arXiv:2502.10927 has no null; this one follows from Haar averages, the mean exactly, the variance up
 * to 1 − O(1/d)). Two checks, each missing 0.05 % of untrained models: the mean of n values is within ±3.48/√n, and
 * Σz² lies between the ends of a χ² of ν = 2n/(2 + κ) degrees, scaled. κ = 12/n_eff² is the excess kurtosis of z:
 * given k, tr(MM) of a normal q is a quadratic form with the cumulants κ₄ = 48 tr(B²)², κ₂ = 2 tr(B)², and n_eff =
 * tr(B)²/tr(B²) is about d·dh/(d + dh). Heads that share a key head are independent given it; those of latent
 * attention share their factors, which alters neither mean nor spread by what the limits would notice (drawn in the
 * tests). The lower end of Σz² has a slack of 4/d for the variance.
 *
 * Says nothing of cross attention: M's sides live in different spaces there, so trained heads look like chance too.
 */
export function checkAgainstNull(heads: readonly NullHead[]): NullCheck {
  const n = heads.length;
  const z = heads.map(({ s, dModel }) => zScore(s, dModel));
  const mean = sum(z) / n;
  const spread = Math.sqrt(sum(z.map((value) => value * value)) / n);
  const kurtosis = sum(heads.map(excessKurtosis)) / n;
  const slack = Math.max(0, ...heads.map(({ dModel }) => 4 / dModel));
  const freedom = (2 * n) / (2 + kurtosis);
  const meanLimit = QUANTILE / Math.sqrt(n);
  const [low, high] = [-QUANTILE, QUANTILE].map((quantile) => chiSquareShare(freedom, quantile)) as [
    number,
    number,
  ];
  const spreadLimits = [Math.sqrt(Math.max(0, low - slack)), Math.sqrt(high)] as const;
  const isChance = Math.abs(mean) <= meanLimit && spread >= spreadLimits[0] && spread <= spreadLimits[1];
  const couldTell = TWICE ** 2 * chiSquareShare(freedom, -POWER_QUANTILE) > high;
  const verdict = n > 0 && !isChance ? 'not-random' : couldTell && n > 0 ? 'random' : 'too-few';
  return { verdict, heads: n, mean, meanLimit, spread, spreadLimits };
}

function excessKurtosis({ dModel, dHead }: NullHead): number {
  const effective = (dModel * dHead) / (dModel + dHead);
  return 12 / Math.max(1, effective) ** 2;
}

/**
 * Returns χ²_ν / ν at a quantile of the normal distribution (Wilson and Hilferty 1931); 0 below its range.
 */
function chiSquareShare(freedom: number, quantile: number): number {
  const part = 2 / (9 * freedom);
  return Math.max(0, 1 - part + quantile * Math.sqrt(part)) ** 3;
}
