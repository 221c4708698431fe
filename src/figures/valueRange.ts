import { scaleLinear } from 'd3';
import type { HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { knownValues } from './metricValues.ts';
import { bandsOf } from './nullBand.ts';

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
