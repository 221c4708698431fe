import { bisectRight } from 'd3';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, metricFor } from '../../figures/metric.ts';
import { headValue, knownValues } from '../../figures/metricValues.ts';

/** A scored head's place by s among all of its map: 1 is the most symmetric. */
export function headRank(
  view: HeatmapView,
  ref: HeadRef,
): { readonly rank: number; readonly of: number } | null {
  const s = headValue(view, ref, metricFor('s'));
  if (s === null) return null;
  const scores = sortedValues(view, metricFor('s'));
  return { rank: 1 + scores.length - bisectRight(scores, s), of: scores.length };
}

/** A view's finite values of a metric, ascending; they are sorted once, however often the pointer moves. */
export function sortedValues(view: HeatmapView, metric: Metric): Float64Array {
  const ofView = sortedByMetric.get(view) ?? new WeakMap<Metric, Float64Array>();
  sortedByMetric.set(view, ofView);
  let sorted = ofView.get(metric);
  if (sorted === undefined) {
    sorted = Float64Array.from(knownValues(view, metric)).sort();
    ofView.set(metric, sorted);
  }
  return sorted;
}

const sortedByMetric = new WeakMap<HeatmapView, WeakMap<Metric, Float64Array>>();
