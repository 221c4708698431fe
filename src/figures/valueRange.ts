import { scaleLinear } from 'd3';
import type { HeatmapView } from './heatmapLayout.ts';
import { dModelOf, knownValues, type Metric, metricBand, type NullBand } from './metric.ts';

/** Where random orientations lie, once for each width d among the layers shown: models and stages may differ in it. */
export function bandsOf(views: readonly HeatmapView[], metric: Metric): readonly NullBand[] {
  const shown = views.filter(({ noNull }) => noNull === undefined);
  const widths = new Set(shown.flatMap((view) => view.rows.map((row) => dModelOf(view, row))));
  const bands = [...widths].flatMap((d) => metricBand(metric, d) ?? []);
  return bands.filter(
    (band, index) => bands.findIndex(({ low, high }) => low === band.low && high === band.high) === index,
  );
}

/** The axis that all charts of a metric share: its values and the null bands, whose distance from them must be seen. */
export function valueRange(views: readonly HeatmapView[], metric: Metric): [low: number, high: number] {
  const values = views.flatMap((view) => knownValues(view, metric));
  for (const { low, high } of bandsOf(views, metric)) values.push(low, high);
  if (values.length === 0) return metric.ends ? [...metric.ends] : [0, 1];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  // All values alike: some room round them, or there is no axis.
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  return scaleLinear([low, high], [0, 1]).nice().domain() as [number, number];
}
