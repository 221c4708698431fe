// The report of a sweep, with the exponents, ratios and crossing that follow from its rows.
import { median } from '../linalg/statistics.ts';
import type { BenchmarkRow, ReportOrigin } from '../result/index.ts';
import { passFlops } from './flops.ts';
import { crossing, fitPowerLaw, type PowerLaw } from './powerLaw.ts';
import { callsMs, rowTimes } from './rowTimes.ts';

/** What is varied: the input dimension d, or the head dimension dh. */
export const SWEEP_AXES = ['d', 'dh'] as const;
export type SweepAxis = (typeof SWEEP_AXES)[number];

/** The two methods that the sweep sets against each other. */
export const SWEEP_METHODS = ['norm', 'trace'] as const;
export type SweepMethod = (typeof SWEEP_METHODS)[number];

/** One head of this size. A point that is on both ladders is timed once for each. */
export interface SweepPoint {
  readonly axis: SweepAxis;
  readonly dModel: number;
  readonly dHead: number;
}

export interface SweepRow extends SweepPoint {
  readonly row: BenchmarkRow;
}

/** Every figure of the sweep follows from it. */
export interface SweepReport extends ReportOrigin {
  readonly engine: string;
  readonly device: string;
  readonly clock: string;
  readonly clockStepMs: number;
  readonly crossOriginIsolated: boolean;
  /** Set where the sweep was cancelled: rows have fewer runs than were asked for. */
  readonly cancelled?: true;
  readonly rows: readonly SweepRow[];
  /** Points that weren't timed, and why. */
  readonly leftOut: readonly (SweepPoint & { readonly method: SweepMethod; readonly reason: string })[];
}

/** The exponents that the operation counts promise: norm is O(d² dh), trace O(d dh²). */
export const EXPECTED_EXPONENT: Readonly<Record<SweepMethod, Readonly<Record<SweepAxis, number>>>> = {
  norm: { d: 2, dh: 1 },
  trace: { d: 1, dh: 2 },
};

export interface SweepSeries {
  readonly axis: SweepAxis;
  readonly method: SweepMethod;
  readonly expected: number;
  readonly fit: PowerLaw | null;
  /** Median times of one head, ms, by what is varied; ascending. */
  readonly points: readonly {
    readonly x: number;
    readonly ms: number;
    readonly q1: number;
    readonly q3: number;
  }[];
}

/** Returns the four series, each with its fit. */
export function sweepSeries({ rows }: Pick<SweepReport, 'rows'>): SweepSeries[] {
  return SWEEP_AXES.flatMap((axis) =>
    SWEEP_METHODS.map((method): SweepSeries => {
      const points = rows
        .filter((entry) => entry.axis === axis && entry.row.method === method)
        .map((entry) => {
          const { median: ms, q1, q3 } = rowTimes(entry.row);
          return { x: axis === 'd' ? entry.dModel : entry.dHead, ms, q1, q3 };
        })
        .filter(({ ms }) => ms > 0)
        .toSorted((a, b) => a.x - b.x);
      const fit = fitPowerLaw(points.map(({ x, ms }) => [x, ms]));
      return { axis, method, expected: EXPECTED_EXPONENT[method][axis], fit, points };
    }),
  );
}

/** norm's time over trace's at one point, as measured and as the operation counts say. */
export interface SweepRatio extends SweepPoint {
  readonly predicted: number;
  /** Ratio of the medians. */
  readonly measured: number;
  /**
   * Least and most of the rounds' own ratios, norm's run over trace's of the same round: `measured` lies between
   * them.
   */
  readonly min: number;
  readonly max: number;
}

export function sweepRatios({ rows }: Pick<SweepReport, 'rows'>): SweepRatio[] {
  return rows
    .filter(({ row }) => row.method === 'norm')
    .flatMap(({ axis, dModel, dHead, row }) => {
      const trace = rows.find(
        (other) =>
          other.row.method === 'trace' &&
          other.axis === axis &&
          other.dModel === dModel &&
          other.dHead === dHead,
      );
      if (trace === undefined) return [];
      const [norms, traces] = [callsMs(row), callsMs(trace.row)];
      const rounds = norms.slice(0, traces.length).map((ms, round) => ms / traces[round]!);
      return [
        {
          ...{ axis, dModel, dHead },
          predicted: flopsRatio(dModel, dHead),
          measured: median(norms) / median(traces),
          min: Math.min(...rounds),
          max: Math.max(...rounds),
        },
      ];
    });
}

/** One method at a size that both ladders have: timed once for each, so that the difference is noise. */
export interface SweepRepeat {
  readonly dModel: number;
  readonly dHead: number;
  readonly method: SweepMethod;
  /** Median times, ms: of the ladder over d, and over dh. */
  readonly ms: readonly [overD: number, overDh: number];
  /** The larger one less the smaller one, over the smaller one. */
  readonly difference: number;
}

export function sweepRepeats({ rows }: Pick<SweepReport, 'rows'>): SweepRepeat[] {
  return rows.flatMap(({ axis, dModel, dHead, row }) => {
    if (axis !== 'd') return [];
    const other = rows.find(
      (entry) =>
        entry.axis === 'dh' &&
        entry.dModel === dModel &&
        entry.dHead === dHead &&
        entry.row.method === row.method,
    );
    if (other === undefined) return [];
    const ms = [rowTimes(row).median, rowTimes(other.row).median] as const;
    const difference = Math.max(...ms) / Math.min(...ms) - 1;
    return [{ dModel, dHead, method: row.method as SweepMethod, ms, difference }];
  });
}

/** FLOPs of norm over FLOPs of trace (flops.ts). About d / 2dh. */
export function flopsRatio(dModel: number, dHead: number): number {
  const shape = { layers: 1, heads: 1, kvHeads: 1, dModel, dHead };
  return passFlops('norm', 'head', shape) / passFlops('trace', 'head', shape);
}

/** The dh at which both methods take as long, for the d of the ladder over dh. */
export interface SweepCrossing {
  readonly dModel: number;
  /** Where the operation counts are equal. */
  readonly predicted: number;
  /** Where the fitted lines meet; null where they don't. */
  readonly measured: number | null;
  /** The fits say nothing certain beyond the sizes that both methods were timed at. */
  readonly isExtrapolated: boolean;
  /**
   * The method that the fitted lines show to be the faster one at larger dh; null where their exponents don't
   * decide.
   */
  readonly fasterBeyond: SweepMethod | null;
}

export function sweepCrossing(report: Pick<SweepReport, 'rows'>): SweepCrossing | null {
  const dModel = report.rows.find(({ axis }) => axis === 'dh')?.dModel;
  if (dModel === undefined) return null;
  const series = sweepSeries(report).filter(({ axis }) => axis === 'dh');
  const [norm, trace] = SWEEP_METHODS.map((method) => series.find((entry) => entry.method === method)!);
  const measured = norm?.fit && trace?.fit ? crossing(norm.fit, trace.fit) : null;
  const [min, max] = [
    Math.max(...series.map(({ points }) => points[0]?.x ?? Number.POSITIVE_INFINITY)),
    Math.min(...series.map(({ points }) => points.at(-1)?.x ?? Number.NEGATIVE_INFINITY)),
  ];
  return {
    dModel,
    predicted: equalFlops(dModel),
    measured,
    isExtrapolated: measured !== null && (measured < min || measured > max),
    fasterBeyond: measured === null ? null : flatter(norm?.fit ?? null, trace?.fit ?? null),
  };
}

/**
 * Returns which of two lines that cross is the lower one beyond: its exponent is smaller, by more than both errors
 * together.
 */
function flatter(norm: PowerLaw | null, trace: PowerLaw | null): SweepMethod | null {
  if (norm === null || trace === null) return null;
  const difference = trace.exponent - norm.exponent;
  const error = Math.hypot(norm.standardError, trace.standardError);
  // Two points have no error: they show a direction, not how sure it is.
  if (Number.isNaN(error) || Math.abs(difference) <= error) return null;
  return difference > 0 ? 'norm' : 'trace';
}

/** Returns the dh at which flopsRatio, which falls with dh, is 1; found by bisection. */
function equalFlops(dModel: number): number {
  let [low, high] = [1e-3, 4 * dModel];
  for (let step = 0; step < 60; step++) {
    const middle = Math.sqrt(low * high);
    if (flopsRatio(dModel, middle) > 1) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
