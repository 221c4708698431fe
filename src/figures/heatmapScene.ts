import { quantileSorted } from '../core/linalg/statistics.ts';
import { formatTick, shapeText } from './format.ts';
import { inView } from './gridGeometry.ts';
import { gapOf, heatmapCells, heatmapValues } from './heatmapCells.ts';
import type { HeatmapLayout } from './heatmapLayout.ts';
import type { HeatmapOptions } from './heatmapOptions.ts';
import { columnStrip, rowStrip } from './heatmapStrips.ts';
import type { HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { knownValues } from './metricValues.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';

/** One model's map: heads to the right, layers downwards with layer 0 on top, both counted from 0. */
export function heatmapScene(view: HeatmapView, layout: HeatmapLayout, options: HeatmapOptions): Scene {
  const { gridX, gridY, gridWidth, gridHeight, fullWidth, fullHeight } = layout;
  const isWhole = gridWidth === fullWidth && gridHeight === fullHeight;
  const cut = isWhole ? {} : { clip: { x: gridX, y: gridY, width: gridWidth, height: gridHeight } };
  const children = [
    columnLabels(layout, options.theme),
    rowLabels(view, layout, options.theme),
    group('separators', separators(view, layout, options.theme), { crisp: true, ...cut }),
    group('cells', heatmapCells(view, layout, options), { crisp: true, ...cut }),
    group('values', heatmapValues(view, layout, options), cut),
  ];
  if (layout.stripWidth > 0) {
    children.push(group('row strip', rowStrip(view, layout, options)));
    if (layout.columnStripHeight > 0)
      children.push(group('column strip', columnStrip(view, layout, options)));
  }
  return {
    width: layout.width,
    height: layout.height,
    background: options.theme.paper,
    title: `${view.title}, ${shapeText(view.shape)}`,
    // Only exports read it, and it has many heads to sum up: the map on the screen is described beside it.
    get description() {
      return describeView(view, options.metric);
    },
    children,
  };
}

/** Describes the map in a sentence. */
export function describeView(view: HeatmapView, metric: Metric): string {
  const known = Float64Array.from(knownValues(view, metric)).sort();
  const [low, middle, high] = [0, 0.5, 1].map((p) => quantileSorted(known, p));
  const isScored = view.rows.some(({ heads }) => heads.length > 0);
  if (low === undefined || middle === undefined || high === undefined)
    return isScored ? `${view.title}: no head has a ${metric.plainName}.` : `${view.title}: no scores yet.`;
  const say = (value: number) => formatTick(Number(value.toPrecision(3)));
  return `${view.title}: ${metric.name} of ${known.length} heads, from ${say(low)} to ${say(high)}, median ${say(middle)}.`;
}

/** Labels columns with true head numbers, whatever their order; or with ranks from 1, and then the axis says so. */
function columnLabels(layout: HeatmapLayout, theme: FigureTheme): SceneNode {
  const { columns, cell, gridX, gridY, gridWidth } = layout;
  const { columnHeads } = layout.arrangement;
  const style = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const widest = estimateWidth(String(columns), SMALL, { mono: true }) + 8;
  const step = tickStep(widest / cell);
  const ticks: SceneNode[] = [];
  for (let column = 0; column < columns; column += step) {
    const x = layout.columnX(column) + cell / 2;
    if (x < gridX || x > gridX + gridWidth) continue;
    const text = String(columnHeads === null ? column + 1 : columnHeads[column]);
    ticks.push({ ...style, x, y: gridY - 8, text, anchor: 'middle', mono: true });
  }
  const name = columnHeads === null ? 'Head, by rank' : 'Head';
  return group('column labels', [{ ...style, x: gridX, y: gridY - 25, text: name }, ...ticks]);
}

function rowLabels(view: HeatmapView, layout: HeatmapLayout, theme: FigureTheme): SceneNode {
  const style = { type: 'text', size: SMALL, fill: theme.muted, anchor: 'end', x: layout.gridX - 8 } as const;
  const step = layout.cell >= 15 ? 1 : tickStep(22 / layout.cell);
  const [from, to] = inView(layout).rows;
  const ticks = layout.arrangement.rows.flatMap((index, position): SceneNode[] => {
    const middle = layout.rowY(position) + layout.cell / 2;
    const isSeen = middle > layout.gridY && middle < layout.gridY + layout.gridHeight;
    if (position % step !== 0 || position < from || position >= to || !isSeen) return [];
    const text = String(view.rows[index]?.layer);
    return [{ ...style, y: centredBaseline(middle, SMALL), text, mono: true }];
  });
  return group('row labels', [{ ...style, y: layout.gridY - 8, text: 'Layer' }, ...ticks]);
}

/** Thin lines in the gaps between key-value groups. */
function separators(view: HeatmapView, layout: HeatmapLayout, theme: FigureTheme): SceneNode[] {
  const { heads, kvHeads } = view.shape;
  const { mode } = layout.arrangement;
  if (kvHeads >= heads || kvHeads < 2 || (mode !== 'model' && mode !== 'layers')) return [];
  const size = heads / kvHeads;
  return Array.from({ length: kvHeads - 1 }, (_, index): SceneNode => {
    const column = (index + 1) * size;
    const left = layout.columnX(column - 1) + layout.cell;
    const x = (left + layout.columnX(column) - gapOf(layout.cell)) / 2;
    const [y1, y2] = [layout.gridY - 3, layout.gridY + layout.gridHeight];
    return { type: 'line', x1: x, x2: x, y1, y2, stroke: theme.hairline };
  });
}

/** Every 1st, 2nd, 4th, 8th … label, so that they keep `needed` cells apart: head counts are multiples of such. */
function tickStep(needed: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(needed)));
}
