import type { HeatmapView } from '../../../figures/heatmapView.ts';
import type { Metric } from '../../../figures/metric.ts';
import { sortedValues } from '../../heatmap/headRank.ts';

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
