import { type Arrangement, arrange } from './arrangement.ts';
import type { HeatmapView } from './heatmapView.ts';
import { metricFor } from './metric.ts';
import { estimateWidth, SMALL } from './scene.ts';

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
  /** False for the strip beside the cells alone. */
  readonly stripBelow?: boolean;
  /** The order of layers and heads; as the model numbers them by default. */
  readonly arrangement?: Arrangement;
  /** Without it all cells are in view. */
  readonly window?: MapWindow | undefined;
}

export const MIN_CELL = 3;
export const MAX_CELL = 56;
/** Cells have room for their values from this size on, px. */
export const VALUES_FROM = 28;
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
  const [columnGap, columnStripHeight] =
    options.strip && options.stripBelow !== false ? [COLUMN_STRIP_GAP, COLUMN_STRIP] : [0, 0];
  const below = columnGap + columnStripHeight + 4;
  const { window } = options;
  const stripWidth = options.strip
    ? stripWidthFor(Math.min(fullWidth, window ? window.width - gridX - WIDEST_STRIP : fullWidth))
    : 0;
  const beside = options.strip ? STRIP_GAP + stripWidth + STRIP_END : 2;
  const inView = (full: number, room: number | undefined) =>
    room === undefined ? full : Math.max(cell, Math.min(full, Math.floor(room)));
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

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, value));
}

/** The largest square cell that fits, in whole device pixels, so that all cells come out alike. */
export function fitCell(
  view: HeatmapView,
  box: { width: number; height: number; pixelRatio: number; strip: boolean; stripBelow?: boolean },
): number {
  const step = 1 / box.pixelRatio;
  const around = HEADER + (box.strip && box.stripBelow !== false ? COLUMN_STRIP_GAP + COLUMN_STRIP : 0) + 4;
  const tallest = (box.height - around) / Math.max(1, view.rows.length);
  const options = { strip: box.strip, arrangement: arrange(view, metricFor('s'), 'model') };
  let cell = Math.floor(Math.min(MAX_CELL, tallest) / step) * step;
  while (cell > MIN_CELL && heatmapLayout(view, cell, options).width > box.width) cell -= step;
  return Math.max(MIN_CELL, cell);
}

/** Width of the map when its cells are as large as they get, strips included, px. */
export function widestMap(view: HeatmapView): number {
  return heatmapLayout(view, MAX_CELL, { strip: true }).width;
}

/** Width of the map when its values can just be read, without its strips, px. */
export function narrowestMap(view: HeatmapView): number {
  return heatmapLayout(view, VALUES_FROM, { strip: false }).width;
}

function gutter(view: HeatmapView): number {
  const digits = String(view.rows.at(-1)?.layer ?? 0);
  return Math.ceil(Math.max(estimateWidth('Layer', SMALL), estimateWidth(digits, SMALL, { mono: true }))) + 8;
}

/** Width of the row strip, px: it is narrow on a phone, where the cells need the room. */
function stripWidthFor(gridWidth: number): number {
  if (gridWidth < 200) return 64;
  return gridWidth < 280 ? 96 : WIDEST_STRIP;
}
