import type { HeadResult, LayerResult, Reason } from '../../core/result/index.ts';
import { headName } from '../../figures/format.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, metricFor } from '../../figures/metric.ts';

/** One line of a table: a layer, or one head of it. */
export interface TableLine {
  /** "L5", "L5H1" */
  readonly name: string;
  readonly row: LayerResult;
  /** Null where the line is a whole layer. */
  readonly head: HeadResult | null;
}

/** One column: the same quantity of every line. */
export interface TableColumn {
  /** Names it; two columns may have one name. */
  readonly key: string;
  readonly name: string;
  readonly title?: string;
  readonly metric: Metric;
  /** The head that the line's cell is of; null where it is of the whole layer, or where there is none. */
  readonly headOf: (line: TableLine) => HeadResult | null;
  /** Null where it is undefined; undefined where there is no such cell, or where it isn't measured. */
  readonly valueOf: (view: HeatmapView, line: TableLine) => number | null | undefined;
  /** Why a cell that is there has no value. */
  readonly unavailableReason: (view: HeatmapView, line: TableLine) => string;
}

/** The column of the lines' names. */
export const NAMES = 'names';

/** Which column the lines are sorted by. */
export interface TableSort {
  readonly key: string;
  readonly direction: 'ascending' | 'descending';
}

/** The layers, as the map's rows. */
export function layerLines({ rows }: HeatmapView): TableLine[] {
  return rows.map((row) => ({ name: `L${row.layer}`, row, head: null }));
}

/** Every head; a layer without scores is one line. */
export function headLines({ rows }: HeatmapView): TableLine[] {
  return rows.flatMap((row): TableLine[] =>
    row.heads.length === 0
      ? [{ name: `L${row.layer}`, row, head: null }]
      : row.heads.map((head) => ({ name: headName(row.layer, head.head), row, head })),
  );
}

/** One metric of each head of a layer, and of the whole layer where that is measured. */
export function headColumns(heads: number, metric: Metric, hasWhole: boolean): TableColumn[] {
  const columns = Array.from({ length: heads }, (_, number): TableColumn => {
    const headOf = ({ row }: TableLine) =>
      row.heads[number]?.head === number
        ? row.heads[number]
        : (row.heads.find(({ head }) => head === number) ?? null);
    return { key: `H${number}`, name: `H${number}`, metric, headOf, ...ofHead(metric, headOf) };
  });
  return hasWhole ? [...columns, wholeColumn(metric, 'whole layer')] : columns;
}

/** Each metric of a head, and of its whole layer where that is measured. */
export function metricColumns(metrics: readonly Metric[], rows: readonly LayerResult[]): TableColumn[] {
  const headOf = ({ head }: TableLine) => head;
  const ofHeads = metrics.map((metric): TableColumn => {
    const { id, label, title } = metric;
    return { key: id, name: label, title, metric, headOf, ...ofHead(metric, headOf) };
  });
  const ofLayers = (['r', 's', 'directionality'] as const)
    .map(metricFor)
    .filter((metric) => hasWhole(rows, metric))
    .map((metric) => wholeColumn(metric, `${metric.label} of the layer`));
  return [...ofHeads, ...ofLayers];
}

export function hasWhole(rows: readonly LayerResult[], metric: Metric): boolean {
  return rows.some((row) => wholeOf(row, metric) !== undefined);
}

/** Sorted by a column; what has no value comes last, both ways. Equal lines keep their order. */
export function sortLines(
  lines: readonly TableLine[],
  view: HeatmapView,
  columns: readonly TableColumn[],
  sort: TableSort | null,
): readonly TableLine[] {
  if (sort === null) return lines;
  const sign = sort.direction === 'ascending' ? 1 : -1;
  const column = columns.find(({ key }) => key === sort.key);
  // The column may have gone: another metric was chosen.
  if (column === undefined)
    return sort.key === NAMES && sort.direction === 'descending' ? lines.toReversed() : lines;
  const keyed = lines.map((line) => {
    const value = column.valueOf(view, line);
    return { line, value: typeof value === 'number' && !Number.isNaN(value) ? value : null };
  });
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return a.value === b.value ? 0 : sign * (a.value < b.value ? -1 : 1);
  });
  return keyed.map(({ line }) => line);
}

function ofHead(
  metric: Metric,
  headOf: TableColumn['headOf'],
): Pick<TableColumn, 'valueOf' | 'unavailableReason'> {
  return {
    valueOf(view, line) {
      const head = headOf(line);
      return head === null ? undefined : metric.valueOf(view, line.row, head);
    },
    unavailableReason(view, line) {
      const head = headOf(line);
      return head === null ? '' : metric.unavailableReason(head, view);
    },
  };
}

function wholeColumn(metric: Metric, name: string): TableColumn {
  return {
    key: `whole ${metric.id}`,
    name,
    title: 'M summed over the layer’s heads: the paper’s score',
    metric,
    headOf: () => null,
    valueOf: (_view, { row }) => wholeOf(row, metric),
    unavailableReason: (_view, { row }) => whyNone(row, metric)?.reason ?? 'undefined',
  };
}

function whyNone(row: LayerResult, { id }: Metric): Reason | undefined {
  return id === 'directionality' ? row.directionalityReason : row.score?.reason;
}

/** The metric of the layer's M; undefined where it isn't measured, or is one of heads alone. */
function wholeOf({ score, directionality }: LayerResult, { id }: Metric): number | null | undefined {
  if (id === 'r' || id === 's') return score?.[id];
  return id === 'directionality' ? directionality : undefined;
}
