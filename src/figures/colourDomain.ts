import { quantileSorted } from '../core/linalg/statistics.ts';
import { ratioOfScore, symmetryScore } from '../core/metrics/symmetry.ts';
import { scoreOfZ } from '../core/metrics/zScore.ts';
import type { Metric, MetricId } from './metric.ts';

/**
 * How the ends of a scale are found. auto: from the values, but for z, whose own scale is the same for every model; fixed: the
 * metric's whole range, or all values of z; z: ten deviations of random orientations; log: from the values, in steps that are
 * ratios; locked: the ends that were frozen, whatever is shown.
 */
export const DOMAIN_MODES = ['auto', 'fixed', 'z', 'log', 'locked'] as const;
export type DomainMode = (typeof DOMAIN_MODES)[number];

/** The ends of a colour scale, in the metric's own values. */
export interface DomainEnds {
  readonly kind: 'diverging' | 'sequential';
  readonly low: number;
  readonly high: number;
  /** Steps are ratios, not differences. */
  readonly isLog: boolean;
}

/** One colour scale, shared by all models shown. A diverging one has its centre in the middle. */
export interface ColourDomain extends DomainEnds {
  readonly mode: DomainMode;
  /** How many values lie outside: the legend marks it. */
  readonly below: number;
  readonly above: number;
}

export interface DomainOptions {
  readonly mode: DomainMode;
  /** What `locked` goes back to; without it there is nothing to lock to, and the scale is automatic. */
  readonly locked?: DomainEnds | undefined;
  /** The d of all models shown; left out where they differ, and then a score has no z scale. */
  readonly dModel?: number | undefined;
}

/** A score's scale in deviations of random orientations ends at this many. */
export const Z_END = 10;
/** The metric z opens between these: chance puts none of a thousand heads beyond them, but in one model of a thousand. */
export const Z_OWN_END = 5;
/** From this ratio of the largest to the smallest on, a quantity without bounds is shown on a log scale. */
const LOG_FROM = 10;
/** Ends that read well on a legend. */
const NICE = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The modes that are meaningful for this metric and these models; `locked` always is. */
export function domainModes(metric: Metric, dModel?: number): DomainMode[] {
  if (metric.id === 'z') return ['auto', 'fixed', 'locked'];
  const hasZ = metric.fromS !== null && dModel !== undefined;
  return [
    'auto',
    ...(metric.ends ? ['fixed' as const] : []),
    ...(hasZ ? ['z' as const] : []),
    // A norm's scale is logarithmic by itself where its values ask for it; the user's own scores are linear unless asked.
    ...(metric.kind === 'either' ? ['log' as const] : []),
    'locked',
  ];
}

/**
 * The domain for the values of all models shown; null (undefined heads) and NaN don't count. auto takes the 98th
 * percentile of the distance from the centre, rounded up: a single outlier must not wash out the rest.
 */
export function colourDomain(
  values: Iterable<number | null>,
  metric: Metric,
  { mode, locked, dModel }: DomainOptions,
): ColourDomain {
  const known: number[] = [];
  for (const value of values) if (value !== null && Number.isFinite(value)) known.push(value);
  const wanted = domainModes(metric, dModel).includes(mode) && (mode !== 'locked' || locked) ? mode : 'auto';
  const ends = locked && wanted === 'locked' ? locked : endsFor(known, metric, wanted, dModel);
  let [below, above] = [0, 0];
  for (const value of known) {
    if (value < ends.low) below++;
    else if (value > ends.high) above++;
  }
  return { ...ends, mode: wanted, below, above };
}

function endsFor(known: readonly number[], metric: Metric, mode: DomainMode, dModel?: number): DomainEnds {
  if (mode === 'fixed' && metric.ends) {
    const [low, high] = metric.ends;
    return { kind: metric.kind === 'sequential' ? 'sequential' : 'diverging', low, high, isLog: false };
  }
  if (mode === 'z') {
    const end = (z: number) => metric.fromS?.(scoreOfZ(z, dModel ?? 1), dModel ?? 1) ?? z;
    return { ...diverging(0, 1), low: end(-Z_END), high: end(Z_END) };
  }
  if (metric.id === 'z' && mode === 'auto') return diverging(0, Z_OWN_END);
  const isDiverging = metric.kind === 'diverging' || (metric.kind === 'either' && known.some((v) => v < 0));
  return isDiverging ? symmetricEnds(known, metric) : sequentialEnds(known, mode, metric);
}

function symmetricEnds(known: readonly number[], { centre, unit, minLimit, ends }: Metric): DomainEnds {
  const distances = Float64Array.from(known, (value) => Math.abs(value - centre)).sort();
  const distance = quantileSorted(distances, 0.98);
  // In units of the metric, so that r and s get the same colours.
  const nice = (distance ?? 0) <= minLimit ? minLimit : niceAbove((distance ?? 0) / unit) * unit;
  const limit = ends === null ? nice : Math.min(ends[1] - centre, nice);
  return diverging(centre, limit > 0 ? limit : unit);
}

function sequentialEnds(known: readonly number[], mode: DomainMode, { kind }: Metric): DomainEnds {
  const sorted = Float64Array.from(known).sort();
  const [min = 0, low = 0, high = 0] = [0, 0.02, 0.98].map((p) => quantileSorted(sorted, p));
  const isLog = mode === 'log' ? high > low : kind === 'sequential' && high / low >= LOG_FROM;
  if (min > 0 && isLog)
    return { kind: 'sequential', low: niceBelow(low), high: niceAbove(high), isLog: true };
  return { kind: 'sequential', low: 0, high: high > 0 ? niceAbove(high) : 1, isLog: false };
}

function diverging(centre: number, limit: number): DomainEnds {
  return { kind: 'diverging', low: centre - limit, high: centre + limit, isLog: false };
}

function niceAbove(value: number): number {
  return niceEnds(value).find((end) => end >= value) ?? value;
}

function niceBelow(value: number): number {
  return niceEnds(value).findLast((end) => end <= value) ?? value;
}

function niceEnds(value: number): number[] {
  const power = 10 ** Math.floor(Math.log10(value));
  // toPrecision: 3 × 0.1 is a little more than 0.3.
  return NICE.map((nice) => Number((nice * power).toPrecision(3)));
}

/** Where a value lies between the ends, 0 … 1; beyond them it is less or more. */
export function positionIn({ low, high, isLog }: DomainEnds, value: number): number {
  if (!isLog) return (value - low) / (high - low);
  return value > 0 ? Math.log(value / low) / Math.log(high / low) : Number.NEGATIVE_INFINITY;
}

/** The value at a position: the inverse of positionIn. */
export function valueAtPosition({ low, high, isLog }: DomainEnds, position: number): number {
  return isLog ? low * (high / low) ** position : low + (high - low) * position;
}

/** A position that isn't beyond the ends. */
export function clampedIn(ends: DomainEnds, value: number): number {
  return Math.min(1, Math.max(0, positionIn(ends, value)));
}

/** The ends that are locked together with those of a metric: r and s are one quantity, and keep one scale. */
export function lockedEndsOf(id: MetricId, ends: DomainEnds): Partial<Record<MetricId, DomainEnds>> {
  const plain = { kind: ends.kind, low: ends.low, high: ends.high, isLog: ends.isLog };
  if (id === 's')
    return { s: plain, r: { ...plain, low: ratioOfScore(ends.low), high: ratioOfScore(ends.high) } };
  if (id === 'r')
    return { r: plain, s: { ...plain, low: symmetryScore(ends.low), high: symmetryScore(ends.high) } };
  return { [id]: plain };
}
