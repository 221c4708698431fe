import { bisectRight } from 'd3';
import type { HeadRef, HeatmapView } from '../../../figures/heatmapView.ts';
import { type Metric, metricFor } from '../../../figures/metric.ts';
import { headValue, knownValues } from '../../../figures/metricValues.ts';

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
function sortedValues(view: HeatmapView, metric: Metric): Float64Array {
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

/** The heads with the largest and the smallest value, the farthest out first. */
export function extremeHeads(view: HeatmapView, metric: Metric, count: number) {
  const sorted = sortedValues(view, metric);
  const half = Math.min(count, Math.floor(sorted.length / 2));
  if (half === 0) return { highest: [], lowest: [] };
  const [low, high] = [sorted[half - 1]!, sorted[sorted.length - half]!];
  // Only the candidates are sorted: a model may have 16,000 heads.
  const ends = view.rows.flatMap((row) =>
    row.heads.flatMap((head) => {
      const value = metric.valueOf(view, row, head);
      return value !== null && Number.isFinite(value) && (value <= low || value >= high)
        ? [{ ref: { layer: row.layer, head: head.head }, value }]
        : [];
    }),
  );
  const ranked = ends.sort((a, b) => b.value - a.value);
  return { highest: ranked.slice(0, half), lowest: ranked.slice(-half).reverse() };
}

/** "0–11" or "5, 11, 17". */
export function runsText(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
