import type { HeadResult } from '../../core/result/index.ts';
import { headName } from '../../figures/format.ts';
import { type HeadRef, type HeatmapView, layerRow, layerShape } from '../../figures/heatmapView.ts';
import { type Metric, metricFor } from '../../figures/metric.ts';

/** The state of one cell: the metric's value there, or why there is none. */
export type HeadState =
  | { readonly kind: 'scored'; readonly head: HeadResult; readonly value: number }
  | { readonly kind: 'undefined'; readonly reason: string }
  | { readonly kind: 'waiting' };

export function headState(view: HeatmapView, ref: HeadRef, metric: Metric = metricFor('s')): HeadState {
  const row = layerRow(view, ref.layer);
  if (row?.skipped) return { kind: 'undefined', reason: row.skipped.reason };
  const head = row?.heads.find((candidate) => candidate.head === ref.head);
  if (row === undefined || head === undefined) return { kind: 'waiting' };
  const value = metric.valueOf(view, row, head);
  if (value === null) return { kind: 'undefined', reason: metric.unavailableReason(head, view) };
  return { kind: 'scored', head, value };
}

/** "L5H1", with its key head when queries share them, once that is known. */
export function nameOf(view: HeatmapView, { layer, head }: HeadRef): string {
  const { heads, kvHeads } = layerShape(view, layer);
  const kvHead = layerRow(view, layer)?.heads.find((candidate) => candidate.head === head)?.kvHead;
  return headName(layer, head, kvHeads < heads ? kvHead : undefined);
}

/** The aria-label of a cell: "layer 5, head 1, r 0.62". */
export function headAriaLabel(view: HeatmapView, ref: HeadRef, metric: Metric): string {
  const place = `layer ${ref.layer}, head ${ref.head}`;
  const state = headState(view, ref, metric);
  if (state.kind === 'waiting') return `${place}, not scored yet`;
  if (state.kind === 'undefined') return `${place}, no value: ${state.reason}`;
  return `${place}, ${metric.plainName} ${metric.brief(state.value)}`;
}
