import { ratioOfScore } from '../core/metrics/symmetry.ts';
import { zScore } from '../core/metrics/zScore.ts';
import type { HeadResult, LayerResult } from '../core/result/index.ts';
import {
  deviationsInCell,
  formatCell,
  formatCompact,
  formatDeviations,
  formatMagnitude,
  formatScore,
  headName,
} from './format.ts';
import { dModelOf, type HeatmapView } from './heatmapView.ts';

/**
 * Names what a map can show of a head. `own:` is followed by the name of the user's own score; a difference is of one of the
 * others, between two maps (difference.ts).
 */
export type MetricId = 'r' | 's' | 'z' | 'norm' | 'directionality' | `own:${string}` | `difference:${string}`;

/** One quantity of a head. Maps, legends, strips, charts, tables and screen readers' labels all go through it. */
export interface Metric {
  readonly id: MetricId;
  /** The symbol beside a number: "r", "‖M‖". */
  readonly label: string;
  /** The name in plain letters, for screen readers and file headers: "r", "norm". */
  readonly plainName: string;
  /** "symmetry ratio r" */
  readonly name: string;
  /** What it is and what its values mean, in a sentence. */
  readonly title: string;
  /** Diverging about `centre`; sequential from small to large; or as its values ask: diverging about 0 if any is negative. */
  readonly kind: 'diverging' | 'sequential' | 'either';
  readonly centre: number;
  /** What its smallest and its largest values mean, in a word each. */
  readonly endWords?: readonly [low: string, high: string];
  /** Half the width of its whole range; where it has no bounds, one of its natural unit. */
  readonly unit: number;
  /** No automatic scale is narrower than centre ± this: else a random model would look like a finding. */
  readonly minLimit: number;
  /** The range of its values, where there is one. */
  readonly ends: readonly [low: number, high: number] | null;
  /** Computes it from s alone, given d, where that is possible: then the null band and records of r can be shown in it. */
  readonly fromS: ((s: number, dModel: number) => number) | null;
  /** The head's value as exported, whole; null where there is none. */
  readonly valueOf: (view: HeatmapView, row: LayerResult, head: HeadResult) => number | null;
  /** Why a scored head has no value of it. */
  readonly unavailableReason: (head: HeadResult, view: HeatmapView) => string;
  /** Formats it as people compare it: four decimals of a score, four digits of a norm. */
  readonly format: (value: number | null) => string;
  /** Formats it for screen readers: "0.62". */
  readonly brief: (value: number) => string;
  /** Formats it for a cell of this many px; empty where nothing fits. */
  readonly inCell: (value: number, cell: number) => string;
  /** The metrics that a head's readout shows before it; r and s by default. */
  readonly readoutMetrics?: readonly Metric[];
}

const undefinedFor = (head: HeadResult) => head.reason?.reason ?? 'undefined for this head';
const compared = (value: number | null) => formatScore(value);
const twoDecimals = (value: number) => formatScore(value, 2);

const SYMMETRY_WORDS = ['antisymmetric', 'symmetric'] as const;

const R: Metric = {
  id: 'r',
  label: 'r',
  plainName: 'r',
  name: 'symmetry ratio r',
  title: 'symmetry ratio r: 0 antisymmetric, 0.5 no preference, 1 symmetric',
  kind: 'diverging',
  centre: 0.5,
  endWords: SYMMETRY_WORDS,
  unit: 0.5,
  minLimit: 0.025,
  ends: [0, 1],
  fromS: ratioOfScore,
  valueOf: (_view, _row, head) => head.r,
  unavailableReason: undefinedFor,
  format: compared,
  brief: twoDecimals,
  inCell: formatCell,
};

const S: Metric = {
  id: 's',
  label: 's',
  plainName: 's',
  name: 'symmetry score s',
  title:
    'symmetry score s = 2r − 1. s = 1: token A attends to B as B to A; s = −1: with the opposite sign; s = 0: neither',
  kind: 'diverging',
  centre: 0,
  endWords: SYMMETRY_WORDS,
  unit: 1,
  minLimit: 0.05,
  ends: [-1, 1],
  fromS: (s) => s,
  valueOf: (_view, _row, head) => head.s,
  unavailableReason: undefinedFor,
  format: compared,
  brief: twoDecimals,
  inCell: formatCell,
};

const Z: Metric = {
  id: 'z',
  label: 'z',
  plainName: 'z',
  name: 'z of s against chance',
  title:
    'z = (s − 1/d)·d/√2: how many standard deviations s lies from the mean of random weights; between −2 and 2 is what chance gives',
  kind: 'diverging',
  centre: 0,
  endWords: SYMMETRY_WORDS,
  unit: 1,
  minLimit: 4,
  ends: null,
  fromS: zScore,
  valueOf: (view, row, head) =>
    head.s === null || view.nullReason !== undefined ? null : zScore(head.s, dModelOf(view, row)),
  unavailableReason: (head, { nullReason }) => head.reason?.reason ?? nullReason ?? undefinedFor(head),
  format: (value) => (value === null ? '—' : formatDeviations(value)),
  brief: formatDeviations,
  inCell: deviationsInCell,
};

const NORM: Metric = {
  id: 'norm',
  label: '‖M‖',
  plainName: 'norm',
  name: 'Frobenius norm ‖M‖',
  title: 'Frobenius norm of M = Wq Wkᵀ, on the scale of the weights',
  kind: 'sequential',
  centre: 0,
  unit: 1,
  minLimit: 0,
  ends: null,
  fromS: null,
  valueOf: (_view, _row, head) => head.norm ?? null,
  unavailableReason: (head) =>
    head.normReason ?? head.reason?.reason ?? '‖M‖ isn’t in these scores: score the model anew',
  format: (value) => (value === null ? '—' : formatMagnitude(value, 4)),
  brief: (value) => formatMagnitude(value),
  inCell: formatCompact,
};

const DIRECTIONALITY: Metric = {
  id: 'directionality',
  label: 'directionality',
  plainName: 'directionality',
  name: 'directionality (raw sign; the paper’s figures negate it)',
  title:
    'directionality (col − row)/(col + row) of the excess column and row norms of M, −1 … 1, raw sign: the paper’s figures show its negative',
  kind: 'diverging',
  centre: 0,
  unit: 1,
  minLimit: 0.05,
  ends: [-1, 1],
  fromS: null,
  valueOf: (_view, _row, head) => head.directionality ?? null,
  unavailableReason: (head) =>
    head.reason?.reason ??
    (head.directionality === null
      ? 'directionality is undefined: no norm exceeds its bound'
      : 'directionality isn’t measured yet'),
  format: compared,
  brief: twoDecimals,
  inCell: formatCell,
};

/** The metrics that QKScope measures itself, as they are listed. */
export const METRICS: readonly Metric[] = [S, R, Z, NORM, DIRECTIONALITY];

const userMetrics = new Map<string, Metric>();

/** The metric of an id. The same id gives the same object, so that what depends on it isn't computed again. */
export function metricFor(id: MetricId): Metric {
  const builtIn = METRICS.find((metric) => metric.id === id);
  if (builtIn !== undefined) return builtIn;
  if (id.startsWith('difference:')) throw new RangeError(`${id} is of two maps: differenceMetric makes it.`);
  let metric = userMetrics.get(id);
  if (metric === undefined) {
    metric = userMetric(id.slice('own:'.length));
    userMetrics.set(id, metric);
  }
  return metric;
}

/** The metrics of views: what QKScope measures, then what the user brought to any of them. */
export function metricsOf(views: readonly HeatmapView[]): readonly Metric[] {
  const names = new Set(views.flatMap((view) => [...(view.userScores?.keys() ?? [])]));
  return [...METRICS, ...[...names].map((name) => metricFor(`own:${name}`))];
}

function userMetric(name: string): Metric {
  return {
    id: `own:${name}`,
    label: name,
    plainName: name,
    name: `${name} (your scores)`,
    title: `${name}, from the file of scores that you opened`,
    kind: 'either',
    centre: 0,
    unit: 1,
    minLimit: 0,
    ends: null,
    fromS: null,
    valueOf: (view, row, head) => view.userScores?.get(name)?.get(headName(row.layer, head.head)) ?? null,
    unavailableReason: () => 'not in your file of scores',
    format: (value) => (value === null ? '—' : formatMagnitude(value, 4)),
    brief: (value) => formatMagnitude(value),
    inCell: formatCompact,
  };
}
