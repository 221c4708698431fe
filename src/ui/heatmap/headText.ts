import type { HeadResult } from '../../core/analysis/result.ts';
import { formatScore, headName, type Metric, metricOf } from '../../figures/format.ts';
import { findHead, type HeadRef, type HeatmapView } from '../../figures/heatmapLayout.ts';

/** What is known of one cell: its value, or why there is none. */
export type HeadState =
  | { readonly kind: 'scored'; readonly head: HeadResult; readonly s: number }
  | { readonly kind: 'undefined'; readonly reason: string }
  | { readonly kind: 'waiting' };

export function headState(view: HeatmapView, ref: HeadRef): HeadState {
  const row = view.rows.find((candidate) => candidate.layer === ref.layer);
  if (row?.skipped) return { kind: 'undefined', reason: row.skipped.reason };
  const head = findHead(view, ref);
  if (head === undefined) return { kind: 'waiting' };
  if (head.s === null) return { kind: 'undefined', reason: head.reason?.reason ?? 'undefined' };
  return { kind: 'scored', head, s: head.s };
}

/** "L5H1", with its key head when queries share them. */
export function nameOf(view: HeatmapView, { layer, head }: HeadRef): string {
  const { heads, kvHeads } = view.rows.find((row) => row.layer === layer)?.shape ?? view.shape;
  return headName(layer, head, kvHeads < heads ? Math.floor((head * kvHeads) / heads) : undefined);
}

/** For the ear: "layer 5, head 1, r 0.62". */
export function spokenHead(view: HeatmapView, ref: HeadRef, metric: Metric): string {
  const place = `layer ${ref.layer}, head ${ref.head}`;
  const state = headState(view, ref);
  if (state.kind === 'waiting') return `${place}, not scored yet`;
  if (state.kind === 'undefined') return `${place}, no value: ${state.reason}`;
  return `${place}, ${metric} ${formatScore(metricOf(state.s, metric), 2)}`;
}
