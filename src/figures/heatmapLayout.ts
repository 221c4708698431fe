import type { AnalysisResult, LayerResult, ModelShape } from '../core/analysis/result.ts';
import { modelTitle } from './format.ts';
import { estimateWidth, SMALL } from './scene.ts';

/** One stack of one model, as a heatmap shows it; the rows of a run in progress have no heads yet. */
export interface HeatmapView {
  /** "gpt2@607a30d" */
  readonly title: string;
  readonly shape: ModelShape;
  readonly rows: readonly LayerResult[];
  /** The user's own scores of the heads, "L5H1" to a number, by the name of each set. */
  readonly own?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Layer and head by their numbers in the model, from 0. */
export interface HeadRef {
  readonly layer: number;
  readonly head: number;
}

/** Where the parts of one heatmap lie, px. */
export interface HeatmapLayout {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly gridX: number;
  readonly gridY: number;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly stripX: number;
  readonly stripWidth: number;
  readonly width: number;
  readonly height: number;
  /** Left edge of a column: key-value groups stand a little apart. */
  columnX(column: number): number;
}

export const MIN_CELL = 3;
const MAX_CELL = 56;
/** Two lines of labels above the cells. */
const HEADER = 38;
/** Left of the strip, and right of it: the labels of its ends overhang by half their width. */
const STRIP_GAP = 28;
const STRIP_END = 22;

export function heatmapLayout(view: HeatmapView, cell: number, options: { strip: boolean }): HeatmapLayout {
  const { heads: columns, kvHeads } = view.shape;
  const rows = view.rows.length;
  const groupSize = kvHeads < columns ? columns / kvHeads : columns;
  const groupGap = cell >= 10 ? 5 : 3;
  const columnX = (column: number) => gridX + column * cell + Math.floor(column / groupSize) * groupGap;
  const gridX = gutter(view);
  const gridWidth = columnX(columns - 1) + cell - gridX;
  const stripWidth = options.strip ? stripWidthFor(cell * columns) : 0;
  const stripX = gridX + gridWidth + STRIP_GAP;
  return {
    cell,
    columns,
    rows,
    gridX,
    gridY: HEADER,
    gridWidth,
    gridHeight: rows * cell,
    stripX,
    stripWidth,
    width: options.strip ? stripX + stripWidth + STRIP_END : gridX + gridWidth + 2,
    height: HEADER + rows * cell + 4,
    columnX,
  };
}

/** The largest square cell that fits, in whole device pixels, so that all cells come out alike. */
export function fitCell(
  view: HeatmapView,
  box: { width: number; height: number; pixelRatio: number; strip: boolean },
): number {
  const step = 1 / box.pixelRatio;
  const tallest = (box.height - HEADER) / Math.max(1, view.rows.length);
  let cell = Math.floor(Math.min(MAX_CELL, tallest) / step) * step;
  while (cell > MIN_CELL && heatmapLayout(view, cell, box).width > box.width) cell -= step;
  return Math.max(MIN_CELL, cell);
}

/** The head under a point of the layout, or null. */
export function headAt(view: HeatmapView, layout: HeatmapLayout, x: number, y: number): HeadRef | null {
  const row = Math.floor((y - layout.gridY) / layout.cell);
  const layer = view.rows[row]?.layer;
  if (layer === undefined || x < layout.gridX) return null;
  // Groups shift columns to the right, so the column is at most where it would be without them.
  let column = Math.min(layout.columns - 1, Math.floor((x - layout.gridX) / layout.cell));
  while (column >= 0 && layout.columnX(column) > x) column--;
  return column >= 0 && x < layout.columnX(column) + layout.cell ? { layer, head: column } : null;
}

/** One stack of a result or of a run in progress, the first by default, as a view. */
export function viewOf(
  result: Pick<AnalysisResult, 'model' | 'stacks'>,
  name = result.stacks[0]?.name,
): HeatmapView {
  const stack = result.stacks.find((candidate) => candidate.name === name) ?? result.stacks[0]!;
  const part = result.stacks.length > 1 ? ` · ${stack.name}` : '';
  return { title: modelTitle(result.model) + part, shape: stack.shape, rows: stack.layers };
}

function gutter(view: HeatmapView): number {
  const digits = String(view.rows.at(-1)?.layer ?? 0);
  return (
    Math.ceil(Math.max(estimateWidth('layers ↓', SMALL), estimateWidth(digits, SMALL, { mono: true }))) + 8
  );
}

/** Narrow on a phone, where the cells need the room. */
function stripWidthFor(gridWidth: number): number {
  if (gridWidth < 200) return 64;
  return gridWidth < 280 ? 96 : 140;
}
