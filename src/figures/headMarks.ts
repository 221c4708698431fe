/** Marks over the map of an exported figure: chosen heads, and those that random weights could give. */
import { cellBox, inView } from './gridGeometry.ts';
import { gapOf } from './heatmapCells.ts';
import { type HeatmapLayout, VALUES_FROM } from './heatmapLayout.ts';
import type { HeatmapOptions } from './heatmapOptions.ts';
import { stripPosition } from './heatmapStrips.ts';
import { type HeadRef, type HeatmapView, isSameHead } from './heatmapView.ts';
import type { NullBand } from './nullBand.ts';
import { type FigureTheme, inkOn, valueColour } from './palette.ts';
import { group, type SceneNode } from './scene.ts';

/** The heads that the page has chosen. */
export interface MarkedHeads {
  readonly pinned: HeadRef | null;
  readonly compared: readonly HeadRef[];
}

/** Ink between two pale lines is seen on any colour of the map; a compared head's is dashed. */
export const COMPARED_DASH: readonly number[] = [3, 2];

/** Rings round the pinned and the compared heads that the map has. */
export function headRings(layout: HeatmapLayout, heads: MarkedHeads, theme: FigureTheme): SceneNode[] {
  const others = heads.compared.filter((head) => !isSameHead(head, heads.pinned));
  const rings = [
    ...others.flatMap((head) => ringAt(layout, head, theme, COMPARED_DASH)),
    ...(heads.pinned === null ? [] : ringAt(layout, heads.pinned, theme)),
  ];
  return rings.length === 0 ? [] : [group('chosen heads', rings)];
}

function ringAt(
  layout: HeatmapLayout,
  head: HeadRef,
  theme: FigureTheme,
  dash?: readonly number[],
): SceneNode[] {
  const box = cellBox(layout, head);
  if (box === null) return [];
  const side = layout.cell - gapOf(layout.cell);
  return ringRound(box.x, box.y, side, theme, dash);
}

/** A ring round a square, standing off by a px. */
export function ringRound(
  x: number,
  y: number,
  side: number,
  theme: FigureTheme,
  dash?: readonly number[],
): SceneNode[] {
  // Small cells have a fine ring, or it would hide their neighbours.
  const line = side < 8 ? 1.25 : 2;
  const [left, top, right, bottom] = [x - 1, y - 1, x + side + 1, y + side + 1];
  const points = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ] as const;
  return [
    { type: 'polyline', points, stroke: theme.paper, width: line + 2 },
    { type: 'polyline', points, stroke: theme.ink, width: line, ...(dash && { dash }) },
  ];
}

/** A dot in each cell whose value lies in the null band; in a corner where the cell has its value printed. */
export function nullDots(
  view: HeatmapView,
  layout: HeatmapLayout,
  { metric, domain, palette, theme }: HeatmapOptions,
  band: NullBand,
): SceneNode[] {
  const side = layout.cell - gapOf(layout.cell);
  const radius = dotRadius(layout.cell);
  const offset = layout.cell < VALUES_FROM ? side / 2 : side - radius - 3;
  const { arrangement } = layout;
  const [from, to] = inView(layout).rows;
  const dots = arrangement.rows.slice(from, to).flatMap((index, position) => {
    const row = view.rows[index]!;
    const columns = arrangement.columnsOf(from + position);
    return row.heads.flatMap((head): SceneNode[] => {
      const [value, column] = [metric.valueOf(view, row, head), columns[head.head]];
      if (value === null || column === undefined || value < band.low || value > band.high) return [];
      const x = layout.columnX(column) + offset;
      const y = layout.rowY(from + position) + (layout.cell < VALUES_FROM ? side / 2 : radius + 3);
      return [{ type: 'circle', x, y, radius, fill: inkOn(valueColour(value, domain, palette, theme.name)) }];
    });
  });
  return [group('heads in the null band', dots)];
}

export function dotRadius(cell: number): number {
  return Math.min(2, Math.max(0.8, cell / 8));
}

/** The null band behind the medians of the layers. */
export function nullBandBeside(
  view: HeatmapView,
  layout: HeatmapLayout,
  options: HeatmapOptions,
  band: NullBand,
): SceneNode[] {
  if (layout.stripWidth === 0) return [];
  const at = stripPosition(view, layout, options);
  const [from, to] = [at(band.low), at(band.high)];
  const width = Math.max(2, to - from);
  const [y, height] = [layout.gridY, layout.gridHeight - gapOf(layout.cell)];
  const x = (from + to - width) / 2;
  return [group('null band', [{ type: 'rect', x, y, width, height, fill: options.theme.band }])];
}
