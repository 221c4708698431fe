import type { LayerResult, TensorUse } from '../../core/analysis/result.ts';
import { zScore } from '../../core/metrics/symmetry.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapLayout.ts';
import { headState } from '../heatmap/headText.ts';

/** What the panel says of one scored head. */
export interface HeadFacts {
  readonly r: number;
  readonly s: number;
  /** Standard deviations from the mean of random orientations. */
  readonly z: number;
  /** 1 is the most symmetric. */
  readonly rank: number;
  readonly of: number;
}

export function headFacts(view: HeatmapView, ref: HeadRef): HeadFacts | null {
  const state = headState(view, ref);
  if (state.kind !== 'scored') return null;
  const s = state.value;
  const known = view.rows.flatMap((row) => row.heads.flatMap((head) => (head.s === null ? [] : [head.s])));
  return {
    r: state.head.r ?? (1 + s) / 2,
    s,
    z: zScore(s, rowOf(view, ref)?.shape?.dModel ?? view.shape.dModel),
    rank: 1 + known.filter((other) => other > s).length,
    of: known.length,
  };
}

export function rowOf(view: HeatmapView, ref: HeadRef): LayerResult | undefined {
  return view.rows.find((row) => row.layer === ref.layer);
}

export function tensorsOf(view: HeatmapView, ref: HeadRef): readonly TensorUse[] {
  return rowOf(view, ref)?.tensors ?? [];
}

/** The heads with the largest and the smallest s, best first. */
export function extremeHeads(view: HeatmapView, count: number) {
  const scored = view.rows
    .flatMap((row) => row.heads.map((head) => ({ ref: { layer: row.layer, head: head.head }, s: head.s })))
    .filter((entry): entry is { ref: HeadRef; s: number } => entry.s !== null)
    .sort((a, b) => b.s - a.s);
  const half = Math.min(count, Math.floor(scored.length / 2));
  return { most: scored.slice(0, half), least: half === 0 ? [] : scored.slice(-half).reverse() };
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
