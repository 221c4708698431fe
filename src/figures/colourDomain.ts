import { quantile } from 'd3';

/** auto: from the values; fixed: the whole range [−1, 1]. */
export const DOMAIN_MODES = ['auto', 'fixed'] as const;
export type DomainMode = (typeof DOMAIN_MODES)[number];

/** One symmetric colour scale for s, shared by all models shown: [−limit, limit]. */
export interface ColourDomain {
  readonly mode: DomainMode;
  readonly limit: number;
  /** How many values lie outside: the legend marks it. */
  readonly below: number;
  readonly above: number;
}

/** Finer than this a random model would look like a finding. */
const LEAST_LIMIT = 0.05;
/** Ends that read well on a legend. */
const NICE = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/**
 * The domain for the scores s of all models shown; null (undefined heads) and NaN don't count. auto takes the 98th
 * percentile of |s|, rounded up: a single outlier must not wash out the rest.
 */
export function colourDomain(scores: Iterable<number | null>, mode: DomainMode): ColourDomain {
  const known: number[] = [];
  for (const s of scores) if (s !== null && Number.isFinite(s)) known.push(s);
  const limit = mode === 'fixed' ? 1 : niceLimit(quantile(known.map(Math.abs), 0.98) ?? LEAST_LIMIT);
  return {
    mode,
    limit,
    below: known.filter((s) => s < -limit).length,
    above: known.filter((s) => s > limit).length,
  };
}

function niceLimit(value: number): number {
  if (value <= LEAST_LIMIT) return LEAST_LIMIT;
  const power = 10 ** Math.floor(Math.log10(value));
  // toPrecision: 3 × 0.1 is a little more than 0.3.
  const ends = NICE.map((nice) => Number((nice * power).toPrecision(3)));
  return Math.min(1, ends.find((end) => end >= value) ?? 1);
}
