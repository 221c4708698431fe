import type { LayerResult } from '../core/result/index.ts';
import type { DomainEnds } from './colourDomain.ts';
import { inView } from './gridGeometry.ts';
import { type HeatmapLayout, VALUES_FROM } from './heatmapLayout.ts';
import type { HeatmapOptions } from './heatmapOptions.ts';
import type { HeatmapView } from './heatmapView.ts';
import { dModelOf } from './heatmapView.ts';
import { type FigureTheme, inkOn, valueColour } from './palette.ts';
import { centredBaseline, group, type SceneNode } from './scene.ts';

type CellOptions = Pick<HeatmapOptions, 'metric' | 'domain' | 'theme' | 'palette'>;

/** Cells stand apart from this size on; smaller ones touch, or the gaps would outweigh them. */
export const GAP_FROM = 6;

export function gapOf(cell: number): number {
  return cell >= GAP_FROM ? 1 : 0;
}

/**
 * The cells in view, a group a row: values as colours, hatches where there is none and a reason for it, dots where it is to
 * come. A row that looks as before is the same object as before, so that the screen needn't draw it again.
 */
export function heatmapCells(view: HeatmapView, layout: HeatmapLayout, options: CellOptions): SceneNode[] {
  return rowsInView(view, layout).map(({ row, y }) =>
    keptRow(cellRows, view, row, y, layout, options, () => cellsOf(view, row, y, layout, options)),
  );
}

function cellsOf(
  view: HeatmapView,
  row: LayerResult,
  y: number,
  layout: HeatmapLayout,
  { theme, metric, domain, palette }: CellOptions,
): SceneNode[] {
  if (row.skipped) return [skippedRow(layout, y, theme, row.skipped.code === 'no-attention')];
  const side = layout.cell - gapOf(layout.cell);
  const cells = scoredIn(view, layout, row, metric).map(({ x, value }): SceneNode => {
    const rect = { type: 'rect', x, y, width: side, height: side } as const;
    if (value === null) return { ...rect, fill: theme.paper, hatch: theme.hatch };
    return { ...rect, fill: valueColour(value, domain, palette, theme.name) };
  });
  if (row.heads.length > 0) return cells;
  return [...waitingRow(layout, row.shape?.heads ?? layout.columns, y, theme), ...cells];
}

/** The numbers inside cells that have room for them, a group a row. */
export function heatmapValues(view: HeatmapView, layout: HeatmapLayout, options: CellOptions): SceneNode[] {
  if (layout.cell < VALUES_FROM) return [];
  return rowsInView(view, layout).map(({ row, y }) =>
    keptRow(valueRows, view, row, y, layout, options, () => valuesIn(view, row, y, layout, options)),
  );
}

function valuesIn(
  view: HeatmapView,
  row: LayerResult,
  y: number,
  layout: HeatmapLayout,
  { theme, metric, domain, palette }: CellOptions,
): SceneNode[] {
  const size = layout.cell < 36 ? 10 : 11;
  const side = layout.cell - 1;
  return scoredIn(view, layout, row, metric).flatMap(({ x, value }): SceneNode[] => {
    const text = value === null ? '' : metric.inCell(value, layout.cell);
    if (value === null || text === '') return [];
    const fill = inkOn(valueColour(value, domain, palette, theme.name));
    const at = { x: x + side / 2, y: centredBaseline(y + side / 2, size) };
    return [{ type: 'text', ...at, text, size, fill, anchor: 'middle', mono: true }];
  });
}

/** Compares what decides colours: how many values lie beyond the ends doesn't. */
function sameEnds(a: DomainEnds, b: DomainEnds): boolean {
  return a.low === b.low && a.high === b.high && a.isLog === b.isLog && a.kind === b.kind;
}

interface KeptRow extends Omit<CellOptions, 'metric'> {
  readonly userScores: HeatmapView['userScores'];
  readonly place: string;
  readonly node: SceneNode;
}

/** A layer may stand in two maps at once, a model's own and the difference: they show it in different metrics. */
type KeptRows = WeakMap<LayerResult, WeakMap<CellOptions['metric'], KeptRow>>;

/** The row that was last made of each layer in each metric, as long as both are there. */
const cellRows: KeptRows = new WeakMap();
const valueRows: KeptRows = new WeakMap();

/** Returns the cached row if all that it depends on is the same, else a new one. */
function keptRow(
  rows: KeptRows,
  view: HeatmapView,
  row: LayerResult,
  y: number,
  layout: HeatmapLayout,
  { metric, domain, theme, palette }: CellOptions,
  make: () => SceneNode[],
): SceneNode {
  const { cell, gridX, gridWidth, fullWidth, scrollX, arrangement } = layout;
  const order = arrangement.mode === 'heads' ? arrangement.columnHeads?.join() : arrangement.mode;
  const place = [y, cell, gridX, gridWidth, fullWidth, scrollX, order, dModelOf(view, row)].join(' ');
  const byMetric = rows.get(row) ?? new WeakMap();
  const last = byMetric.get(metric);
  if (
    last?.place === place &&
    sameEnds(last.domain, domain) &&
    last.theme === theme &&
    last.palette === palette &&
    last.userScores === view.userScores
  )
    return last.node;
  const node = group('row', make(), { extent: { x: gridX, y, width: gridWidth, height: cell } });
  byMetric.set(metric, {
    domain,
    theme,
    ...(palette && { palette }),
    userScores: view.userScores,
    place,
    node,
  });
  rows.set(row, byMetric);
  return node;
}

function rowsInView(view: HeatmapView, layout: HeatmapLayout): { row: LayerResult; y: number }[] {
  const [from, to] = inView(layout).rows;
  return layout.arrangement.rows
    .slice(from, to)
    .map((index, position) => ({ row: view.rows[index]!, y: layout.rowY(from + position) }));
}

/** A layer's heads in view with their values, those of a layer under way included. */
function scoredIn(
  view: HeatmapView,
  layout: HeatmapLayout,
  row: LayerResult,
  metric: HeatmapOptions['metric'],
) {
  const { arrangement } = layout;
  const [from, to] = inView(layout).columns;
  const columns = arrangement.columnsOf(arrangement.rowOf(row.layer));
  const scored: { x: number; value: number | null }[] = [];
  for (const head of row.heads.length > 0 ? row.heads : (row.arriving ?? [])) {
    const column = columns[head.head];
    if (column !== undefined && column >= from && column < to)
      scored.push({ x: layout.columnX(column), value: metric.valueOf(view, row, head) });
  }
  return scored;
}

/** A hybrid's layer without attention is hatched in a quieter tone than one that couldn't be scored. */
function skippedRow(layout: HeatmapLayout, y: number, theme: FigureTheme, isQuiet: boolean): SceneNode {
  const gap = gapOf(layout.cell);
  const [width, height] = [layout.fullWidth - gap, layout.cell - gap];
  return {
    type: 'rect',
    x: layout.columnX(0),
    y,
    width,
    height,
    fill: theme.paper,
    hatch: isQuiet ? theme.hairline : theme.hatch,
  };
}

/** Draws dots where values will be, or a rule where cells are too small for dots. Neither looks like a value near zero. */
function waitingRow(layout: HeatmapLayout, columns: number, y: number, theme: FigureTheme): SceneNode[] {
  const middle = y + (layout.cell - gapOf(layout.cell)) / 2;
  if (layout.cell < GAP_FROM) {
    const [x1, x2] = [layout.gridX, layout.gridX + layout.gridWidth];
    return [{ type: 'line', x1, x2, y1: middle, y2: middle, stroke: theme.hairline }];
  }
  const size = layout.cell < 14 ? 1 : 2;
  const [from, to] = inView(layout).columns;
  return Array.from({ length: Math.max(0, Math.min(columns, to) - from) }, (_, column): SceneNode => {
    const x = layout.columnX(from + column) + (layout.cell - 1 - size) / 2;
    return { type: 'rect', x, y: middle - size / 2, width: size, height: size, fill: theme.empty };
  });
}
