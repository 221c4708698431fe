import { median } from 'd3';
import type { HeadRef, HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { rowValues } from './metricValues.ts';

/**
 * The orders in which a map can show layers and heads. model: as they are numbered; score: within each layer, the highest value
 * first; layers: the layer with the highest median on top; heads: the head number with the highest mean first.
 */
export const SORT_MODES = ['model', 'score', 'layers', 'heads'] as const;
export type SortMode = (typeof SORT_MODES)[number];

/** Which head stands where: rows and columns of the map, from 0, whatever the order. */
export interface Arrangement {
  readonly mode: SortMode;
  /** The rows of the view, by index, in the order shown. */
  readonly rows: readonly number[];
  /** Where a head stands; null if the map has no such head. */
  place(ref: HeadRef): { readonly row: number; readonly column: number } | null;
  /** The column of each head of a row, by head number; nothing where the row has no such head. */
  columnsOf(row: number): readonly (number | undefined)[];
  /** The row of a layer, −1 if the map has none. */
  rowOf(layer: number): number;
  /** The head at a place, where there is one. */
  headAt(row: number, column: number): HeadRef | null;
  /** Head numbers above the columns; null where columns are ranks. */
  readonly columnHeads: readonly number[] | null;
}

export function arrange(view: HeatmapView, metric: Metric, mode: SortMode): Arrangement {
  const rows = mode === 'layers' ? rowsByMedian(view, metric) : view.rows.map((_, index) => index);
  const inNumbers = Array.from({ length: view.shape.heads }, (_, head) => head);
  const columnHeads = mode === 'heads' ? headsByMean(view, metric) : inNumbers;
  const ordered = rows.map((index) => {
    const row = view.rows[index]!;
    const heads = row.shape?.heads ?? view.shape.heads;
    if (mode === 'score' && row.heads.length > 0) return headsByValue(view, index, metric);
    return heads === columnHeads.length ? columnHeads : columnHeads.filter((head) => head < heads);
  });
  const rowOfLayer = new Map(rows.map((index, row) => [view.rows[index]!.layer, row]));
  // Columns of heads are made when they are first asked for: most rows never are.
  const columnsOf = new Map<readonly number[], number[]>();
  const columnsIn = (row: number): readonly (number | undefined)[] => {
    const heads = ordered[row] ?? [];
    let columns = columnsOf.get(heads);
    if (columns === undefined) {
      columns = [];
      for (const [column, each] of heads.entries()) columns[each] = column;
      columnsOf.set(heads, columns);
    }
    return columns;
  };
  return {
    mode,
    rows,
    columnHeads: mode === 'score' ? null : columnHeads,
    columnsOf: columnsIn,
    rowOf: (layer) => rowOfLayer.get(layer) ?? -1,
    place({ layer, head }) {
      const row = rowOfLayer.get(layer);
      const column = row === undefined ? undefined : columnsIn(row)[head];
      return row === undefined || column === undefined ? null : { row, column };
    },
    headAt(row, column) {
      const [layer, head] = [view.rows[rows[row] ?? -1]?.layer, ordered[row]?.[column]];
      return layer === undefined || head === undefined ? null : { layer, head };
    },
  };
}

/** Describes a sort order, for exports and for screen readers; empty where nothing was sorted. */
export function sortText(mode: SortMode, metric: Metric): string {
  switch (mode) {
    case 'model':
      return '';
    case 'score':
      return `Heads sorted by ${metric.label} within each layer, highest first: columns are ranks`;
    case 'layers':
      return `Layers sorted by their median ${metric.label}, highest on top`;
    case 'heads':
      return `Head numbers sorted by their mean ${metric.label} over layers, highest first`;
    default:
      return mode satisfies never;
  }
}

/** Highest median first; layers without values keep their order at the end. */
function rowsByMedian(view: HeatmapView, metric: Metric): number[] {
  const medians = view.rows.map((row) => median(rowValues(view, row, metric)));
  return byValue(medians);
}

function headsByMean(view: HeatmapView, metric: Metric): number[] {
  return byValue(columnMeans(view, metric));
}

function headsByValue(view: HeatmapView, index: number, metric: Metric): number[] {
  const row = view.rows[index]!;
  const order = byValue(row.heads.map((head) => metric.valueOf(view, row, head) ?? undefined));
  return order.map((at) => row.heads[at]!.head);
}

/** Mean of each head number over the layers that have a value for it; undefined where none has. */
export function columnMeans(view: HeatmapView, metric: Metric): (number | undefined)[] {
  const sums = new Float64Array(view.shape.heads);
  const counts = new Uint32Array(view.shape.heads);
  for (const row of view.rows)
    for (const head of row.heads) {
      const value = metric.valueOf(view, row, head);
      if (value === null || !Number.isFinite(value)) continue;
      sums[head.head]! += value;
      counts[head.head]!++;
    }
  return Array.from(sums, (sum, head) => (counts[head]! > 0 ? sum / counts[head]! : undefined));
}

/** Indices, the highest value first; equal ones and those without a value keep their order. */
function byValue(values: readonly (number | undefined)[]): number[] {
  const low = Number.NEGATIVE_INFINITY;
  return values.map((_, index) => index).sort((a, b) => orderOf(values[b] ?? low, values[a] ?? low));
}

/** Compares two values; it is also right for two infinities, whose difference isn't a number. */
function orderOf(a: number, b: number): number {
  return a > b ? 1 : a < b ? -1 : 0;
}
