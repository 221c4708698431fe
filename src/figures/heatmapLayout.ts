import {
  type AnalysisResult,
  type LayerResult,
  type ModelShape,
  nullUnavailable,
  type StackResult,
  type UserScore,
} from '../core/result/index.ts';
import { matchUserScores } from '../core/userScores/index.ts';
import { type Arrangement, arrange } from './arrangement.ts';
import { headName, modelTitle } from './format.ts';
import { metricFor } from './metric.ts';
import { estimateWidth, SMALL } from './scene.ts';

/** One stack of one model, as a heatmap shows it; the rows of a run in progress have no heads yet. */
export interface HeatmapView {
  /** The key of the model on the page that it is of: titles may be alike. */
  readonly model?: number;
  /** "gpt2@607a30d" */
  readonly title: string;
  readonly shape: ModelShape;
  /** Who says how it falls into heads; absent where nobody knows any more. */
  readonly headsFrom?: string;
  readonly rows: readonly LayerResult[];
  /** The user's own scores of the heads, "L5H1" to a number, by the name of each set. */
  readonly own?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Why random orientations tell nothing here, where they don't: then there is no z, and no band of them. */
  readonly noNull?: string;
}

/** Layer and head by their numbers in the model, from 0. */
export interface HeadRef {
  readonly layer: number;
  readonly head: number;
}

export function isSameHead(a: HeadRef | null, b: HeadRef | null): boolean {
  return a?.layer === b?.layer && a?.head === b?.head;
}

/** Where the parts of one heatmap lie, px. The axes and strips stay; the cells of a large map may move under them. */
export interface HeatmapLayout {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** Which head stands where. */
  readonly arrangement: Arrangement;
  /** The cells in view. */
  readonly gridX: number;
  readonly gridY: number;
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** All cells, of which a window may show a part; and how far that part is from the first cell. */
  readonly fullWidth: number;
  readonly fullHeight: number;
  readonly scrollX: number;
  readonly scrollY: number;
  /** Beside the rows: median and quartiles of each layer. Width 0: none. */
  readonly stripX: number;
  readonly stripWidth: number;
  /** Under the columns: the mean of each head number. Height 0: none. */
  readonly columnStripY: number;
  readonly columnStripHeight: number;
  readonly width: number;
  readonly height: number;
  /** Left edge of a column: key-value groups stand a little apart. */
  columnX(column: number): number;
  rowY(row: number): number;
}

/** The most that a figure may take, px, and how far its cells are scrolled. */
export interface MapWindow {
  readonly width: number;
  readonly height: number;
  readonly scrollX: number;
  readonly scrollY: number;
}

export interface LayoutOptions {
  /** Room for the strips beside and under the cells. */
  readonly strip: boolean;
  /** As the model numbers them, unless told. */
  readonly arrangement?: Arrangement;
  /** Without it all cells are in view. */
  readonly window?: MapWindow | undefined;
}

export const MIN_CELL = 3;
export const MAX_CELL = 56;
/** Two lines of labels above the cells. */
const HEADER = 38;
/** Left of the strip, and right of it: the labels of its ends overhang by half their width. */
const STRIP_GAP = 28;
const STRIP_END = 22;
const WIDEST_STRIP = 140;
/** Between the cells and the strip under them, and its height. */
const COLUMN_STRIP_GAP = 10;
const COLUMN_STRIP = 34;

export function heatmapLayout(view: HeatmapView, cell: number, options: LayoutOptions): HeatmapLayout {
  const { heads: columns, kvHeads } = view.shape;
  const arrangement = options.arrangement ?? arrange(view, metricFor('s'), 'model');
  const rows = view.rows.length;
  const isGrouped = kvHeads < columns && (arrangement.mode === 'model' || arrangement.mode === 'layers');
  const groupSize = isGrouped ? columns / kvHeads : columns;
  const groupGap = cell >= 10 ? 5 : 3;
  const offset = (column: number) => column * cell + Math.floor(column / groupSize) * groupGap;
  const [fullWidth, fullHeight] = [offset(columns - 1) + cell, rows * cell];
  const gridX = gutter(view);
  const [columnGap, columnStripHeight] = options.strip ? [COLUMN_STRIP_GAP, COLUMN_STRIP] : [0, 0];
  const below = columnGap + columnStripHeight + 4;
  const { window } = options;
  const stripWidth = options.strip
    ? stripWidthFor(Math.min(fullWidth, window ? window.width - gridX - WIDEST_STRIP : fullWidth))
    : 0;
  const beside = options.strip ? STRIP_GAP + stripWidth + STRIP_END : 2;
  const inView = (full: number, most: number | undefined) =>
    most === undefined ? full : Math.max(cell, Math.min(full, Math.floor(most)));
  const gridWidth = inView(fullWidth, window && window.width - gridX - beside);
  const gridHeight = inView(fullHeight, window && window.height - HEADER - below);
  const scrollX = clamp(window?.scrollX ?? 0, fullWidth - gridWidth);
  const scrollY = clamp(window?.scrollY ?? 0, fullHeight - gridHeight);
  return {
    cell,
    columns,
    rows,
    arrangement,
    gridX,
    gridY: HEADER,
    gridWidth,
    gridHeight,
    fullWidth,
    fullHeight,
    scrollX,
    scrollY,
    stripX: gridX + gridWidth + STRIP_GAP,
    stripWidth,
    columnStripY: HEADER + gridHeight + columnGap,
    columnStripHeight,
    width: gridX + gridWidth + beside,
    height: HEADER + gridHeight + below,
    columnX: (column) => gridX + offset(column) - scrollX,
    rowY: (row) => HEADER + row * cell - scrollY,
  };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** The largest square cell that fits, in whole device pixels, so that all cells come out alike. */
export function fitCell(
  view: HeatmapView,
  box: { width: number; height: number; pixelRatio: number; strip: boolean },
): number {
  const step = 1 / box.pixelRatio;
  const around = HEADER + (box.strip ? COLUMN_STRIP_GAP + COLUMN_STRIP : 0) + 4;
  const tallest = (box.height - around) / Math.max(1, view.rows.length);
  const options = { strip: box.strip, arrangement: arrange(view, metricFor('s'), 'model') };
  let cell = Math.floor(Math.min(MAX_CELL, tallest) / step) * step;
  while (cell > MIN_CELL && heatmapLayout(view, cell, options).width > box.width) cell -= step;
  return Math.max(MIN_CELL, cell);
}

/** What the map takes when its cells are as large as they get, strips included, px. */
export function widestMap(view: HeatmapView): number {
  return heatmapLayout(view, MAX_CELL, { strip: true }).width;
}

/** The head under a point of the layout, or null. */
export function headAt(layout: HeatmapLayout, x: number, y: number): HeadRef | null {
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  if (x < gridX || x >= gridX + gridWidth || y < gridY || y >= gridY + gridHeight) return null;
  const column = columnAt(layout, x);
  return column === null ? null : layout.arrangement.headAt(Math.floor((y - layout.rowY(0)) / cell), column);
}

/** The column at this x, wherever y is; null between two groups. */
export function columnAt(layout: HeatmapLayout, x: number): number | null {
  // Groups shift columns to the right, so the column is at most where it would be without them.
  let column = Math.min(layout.columns - 1, Math.floor((x - layout.columnX(0)) / layout.cell));
  while (column >= 0 && layout.columnX(column) > x) column--;
  return column >= 0 && x < layout.columnX(column) + layout.cell ? column : null;
}

/** The cell of a head, px; null where the map has none or where it is out of view. */
export function cellBox(layout: HeatmapLayout, ref: HeadRef | null): { x: number; y: number } | null {
  const place = ref && layout.arrangement.place(ref);
  if (!place) return null;
  const [x, y] = [layout.columnX(place.column), layout.rowY(place.row)];
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  const isSeen =
    x + cell > gridX + 0.5 && x < gridX + gridWidth && y + cell > gridY + 0.5 && y < gridY + gridHeight;
  return isSeen ? { x, y } : null;
}

/** Rows and columns of which something is in view, ends exclusive. */
export function inView(layout: HeatmapLayout): { rows: [number, number]; columns: [number, number] } {
  const { cell, rows, columns, gridX, gridWidth, gridHeight, scrollY } = layout;
  let from = 0;
  while (from < columns && layout.columnX(from) + cell <= gridX) from++;
  let to = from;
  while (to < columns && layout.columnX(to) < gridX + gridWidth) to++;
  return {
    rows: [Math.floor(scrollY / cell), Math.min(rows, Math.ceil((scrollY + gridHeight) / cell))],
    columns: [from, to],
  };
}

/** One stack of a result or of a run in progress, the first by default, as a view. */
export function viewOf(
  result: Pick<AnalysisResult, 'model' | 'stacks' | 'own' | 'convention'>,
  name = result.stacks[0]?.name,
  title = modelTitle(result.model),
): HeatmapView {
  const stack = result.stacks.find((candidate) => candidate.name === name) ?? result.stacks[0]!;
  const part = result.stacks.length > 1 ? ` · ${stack.name}` : '';
  const noNull = nullUnavailable(stack.name, result.convention);
  return {
    title: title + part,
    shape: stack.shape,
    ...(stack.headsFrom === undefined ? {} : { headsFrom: stack.headsFrom }),
    rows: stack.layers,
    ...(result.own && { own: ownValues(result.own, stack) }),
    ...(noNull !== null && { noNull }),
  };
}

/** By the name of the score, then of the head; of two scores with one name the later one counts. */
function ownValues(
  own: readonly UserScore[],
  stack: StackResult,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    own.map((score) => {
      const rows = [...matchUserScores(score, stack).values];
      const heads = rows.flatMap(([layer, row]) =>
        row.flatMap((value, head) => (value === null ? [] : [[headName(layer, head), value] as const])),
      );
      return [score.name, new Map(heads)];
    }),
  );
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
  return gridWidth < 280 ? 96 : WIDEST_STRIP;
}
