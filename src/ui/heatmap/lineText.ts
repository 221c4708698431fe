import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import { summariseColumns, summariseLayer } from '../../figures/heatmapStrips.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';

/** A whole layer, by its number, or a column as it stands. */
export type RowOrColumn =
  | { readonly axis: 'layer'; readonly layer: number }
  | { readonly axis: 'column'; readonly column: number };

/** "layer 5: median s 0.31, IQR 0.20 … 0.41, 16 heads" or "head 3: mean s 0.12 over layers". */
export function lineText(
  view: HeatmapView,
  layout: HeatmapLayout,
  metric: Metric,
  line: RowOrColumn,
): string {
  const say = (value: number) => metric.format(value);
  if (line.axis === 'layer') {
    const index = view.rows.findIndex(({ layer }) => layer === line.layer);
    const summary = summariseLayer(view, index, metric);
    const name = `layer ${line.layer}`;
    if (summary === null) return `${name}: ${view.rows[index]?.skipped?.reason ?? 'no values yet'}`;
    const { median, q1, q3, heads } = summary;
    return `${name}: median ${metric.label} ${say(median)}, IQR ${say(q1)} … ${say(q3)}, ${heads} heads`;
  }
  const mean = summariseColumns(view, layout, metric)[line.column];
  const head = layout.arrangement.columnHeads?.[line.column];
  const name = head === undefined ? `rank ${line.column + 1}` : `head ${head}`;
  return mean === undefined
    ? `${name}: no values yet`
    : `${name}: mean ${metric.label} ${say(mean)} over layers`;
}
