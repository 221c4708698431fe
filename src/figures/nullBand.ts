/** Where random orientations put heads: the null band, in s and in the metrics that follow from it. */
import { nullModel } from '../core/metrics/nullModel.ts';
import type { LayerResult } from '../core/result/index.ts';
import { dModelOf, type HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';

/** Where random orientations put a head: mean ± 2 standard deviations. */
export interface NullBand {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The d of the null band, which is marked where all panels share one and random weights lie about 1/d in all of them. */
export function sharedDModel(views: readonly HeatmapView[]): number | undefined {
  if (views.some(({ nullReason }) => nullReason !== undefined)) return undefined;
  const [first, ...others] = views.map((view) => view.shape.dModel);
  return others.every((d) => d === first) ? first : undefined;
}

/** Where s of random orientations lies: 1/d ± 2·√2/d. */
export function nullBand(dModel: number): NullBand {
  const { mean, sd } = nullModel(dModel);
  return { mean, low: mean - 2 * sd, high: mean + 2 * sd };
}

/** Where random orientations put the heads of a layer, in the metric's own values; null where they say nothing of it. */
export function rowBand(view: HeatmapView, row: LayerResult, metric: Metric): NullBand | null {
  return view.nullReason === undefined ? metricBand(metric, dModelOf(view, row)) : null;
}

/** The null band in the metric's own values; null where random orientations say nothing of it. */
export function metricBand(metric: Metric, dModel: number): NullBand | null {
  if (metric.fromS === null) return null;
  const { mean, low, high } = nullBand(dModel);
  const { fromS } = metric;
  return { mean: fromS(mean, dModel), low: fromS(low, dModel), high: fromS(high, dModel) };
}

/** Where random orientations lie, once for each width d among the layers shown: models and stages may differ in it. */
export function bandsOf(views: readonly HeatmapView[], metric: Metric): readonly NullBand[] {
  const shown = views.filter(({ nullReason }) => nullReason === undefined);
  const widths = new Set(shown.flatMap((view) => view.rows.map((row) => dModelOf(view, row))));
  const bands = [...widths].flatMap((d) => metricBand(metric, d) ?? []);
  return bands.filter(
    (band, index) => bands.findIndex(({ low, high }) => low === band.low && high === band.high) === index,
  );
}
