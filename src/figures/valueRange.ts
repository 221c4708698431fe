import { scaleLinear } from 'd3';
import type { HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { knownValues } from './metricValues.ts';
import { bandsOf } from './nullBand.ts';

/**
 * The axis that all charts of a metric share: its values and the null bands, whose distance from them must be seen. Before the first
 * value it is the metric's whole range, where the band is as narrow as chance: on an axis of its own it would fill the chart.
 */
export function valueRange(views: readonly HeatmapView[], metric: Metric): [low: number, high: number] {
  const values = views.flatMap((view) => knownValues(view, metric));
  if (values.length === 0) return metric.ends ? [...metric.ends] : emptyRange(metric);
  for (const { low, high } of bandsOf(views, metric)) values.push(low, high);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  // All values alike: some room round them, or there is no axis.
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  return scaleLinear([low, high], [0, 1]).nice().domain() as [number, number];
}

/** Of a metric without bounds that has no value yet. */
function emptyRange({ centre, minLimit }: Metric): [low: number, high: number] {
  return minLimit > 0 ? [centre - minLimit, centre + minLimit] : [0, 1];
}
