import { bisectRight } from 'd3';
import type { LayerResult, TensorUse } from '../../core/analysis/result.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapLayout.ts';
import { headValue, knownValues, metricFor } from '../../figures/metric.ts';

/** A scored head's place by s among all of its map: 1 is the most symmetric. */
export function headRank(
  view: HeatmapView,
  ref: HeadRef,
): { readonly rank: number; readonly of: number } | null {
  const s = headValue(view, ref, metricFor('s'));
  if (s === null) return null;
  const known = sortedScores(view);
  return { rank: 1 + known.length - bisectRight(known, s), of: known.length };
}

export function rowOf(view: HeatmapView, ref: HeadRef): LayerResult | undefined {
  return view.rows.find((row) => row.layer === ref.layer);
}

export function tensorsOf(view: HeatmapView, ref: HeadRef): readonly TensorUse[] {
  return rowOf(view, ref)?.tensors ?? [];
}

/** Every s of a view, ascending; sorted once, however often the pointer moves. */
function sortedScores(view: HeatmapView): Float64Array {
  let sorted = scores.get(view);
  if (sorted === undefined) {
    sorted = Float64Array.from(knownValues(view, metricFor('s'))).sort();
    scores.set(view, sorted);
  }
  return sorted;
}

const scores = new WeakMap<HeatmapView, Float64Array>();

/** The heads with the largest and the smallest s, best first. */
export function extremeHeads(view: HeatmapView, count: number) {
  const sorted = sortedScores(view);
  const half = Math.min(count, Math.floor(sorted.length / 2));
  if (half === 0) return { most: [], least: [] };
  const [low, high] = [sorted[half - 1]!, sorted[sorted.length - half]!];
  // Only the candidates are sorted: a model may have 16,000 heads.
  const ends = view.rows.flatMap((row) =>
    row.heads.flatMap(({ head, s }) =>
      s !== null && (s <= low || s >= high) ? [{ ref: { layer: row.layer, head }, s }] : [],
    ),
  );
  const ranked = ends.sort((a, b) => b.s - a.s);
  return { most: ranked.slice(0, half), least: ranked.slice(-half).reverse() };
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
