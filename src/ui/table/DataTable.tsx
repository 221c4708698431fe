import { memo } from 'react';
import type { HeadResult, LayerResult } from '../../core/analysis/result.ts';
import { formatFull, headName } from '../../figures/format.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapLayout.ts';
import { dModelOf, type Metric } from '../../figures/metric.ts';

interface DataTableProps {
  readonly view: HeatmapView;
  readonly metric: Metric;
  readonly selection: HeadRef | null;
  readonly onPin: (head: HeadRef | null) => void;
}

/** The heatmap's twin in numbers, for screen readers, for searching, and for copying into a sheet. */
export function DataTable({ view, metric, selection, onPin }: DataTableProps) {
  const columns = Array.from({ length: view.shape.heads }, (_, head) => head);
  const name = `${metric.label} of every head of ${view.title}`;
  const hasWhole = view.rows.some((row) => wholeOf(row, metric) !== undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys
    <section className="table-box" tabIndex={0} aria-label={name}>
      <table className="data-table">
        <caption>{name}; layers down, heads across, counted from 0</caption>
        <thead>
          <tr>
            <th scope="col">layer</th>
            {columns.map((head) => (
              <th key={head} scope="col">
                H{head}
              </th>
            ))}
            {hasWhole && (
              <th scope="col" title="M summed over the layer’s heads: the paper’s score">
                whole layer
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <Row
              key={row.layer}
              view={view}
              row={row}
              columns={columns.length}
              hasWhole={hasWhole}
              metric={metric}
              selected={selection?.layer === row.layer ? selection.head : null}
              onPin={onPin}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly view: HeatmapView;
  readonly row: LayerResult;
  readonly columns: number;
  /** Whether there is a last column, for what is measured of whole layers. */
  readonly hasWhole: boolean;
  readonly metric: Metric;
  readonly selected: number | null;
  readonly onPin: (head: HeadRef | null) => void;
}

// A layer keeps its identity while others arrive or are selected: a model may have 128 of them.
const Row = memo(
  function Row({ view, row, columns, hasWhole, metric, selected, onPin }: RowProps) {
    return (
      <tr>
        <th scope="row">L{row.layer}</th>
        {row.heads.length === 0 ? (
          <td colSpan={columns} className="data-none">
            {row.skipped ? `skipped: ${row.skipped.reason}` : 'not scored yet'}
          </td>
        ) : (
          row.heads.map((head) => (
            <td key={head.head} data-selected={selected === head.head ? true : undefined}>
              <button
                type="button"
                className="data-cell"
                title={titleOf(view, row, head, metric)}
                onClick={() => onPin(selected === head.head ? null : { layer: row.layer, head: head.head })}
              >
                {metric.format(metric.valueOf(view, row, head))}
              </button>
            </td>
          ))
        )}
        {hasWhole && <WholeCell row={row} metric={metric} />}
      </tr>
    );
  },
  (before, now) =>
    before.row === now.row &&
    before.view.own === now.view.own &&
    dModelOf(before.view, before.row) === dModelOf(now.view, now.row) &&
    before.columns === now.columns &&
    before.hasWhole === now.hasWhole &&
    before.metric === now.metric &&
    before.selected === now.selected &&
    before.onPin === now.onPin,
);

function WholeCell({ row, metric }: Pick<RowProps, 'row' | 'metric'>) {
  const value = wholeOf(row, metric);
  const reason = metric.id === 'directionality' ? row.directionalityReason : row.score?.reason;
  const title = value === null ? (reason?.reason ?? 'undefined') : '';
  return (
    <td className="num" title={typeof value === 'number' ? formatFull(value) : title}>
      {value === undefined ? '' : metric.format(value)}
    </td>
  );
}

/** The metric of the layer's M; undefined where it isn't measured, or is one of heads alone. */
function wholeOf({ score, directionality }: LayerResult, { id }: Metric): number | null | undefined {
  if (id === 'r' || id === 's') return score?.[id];
  return id === 'directionality' ? directionality : undefined;
}

function titleOf(view: HeatmapView, row: LayerResult, head: HeadResult, metric: Metric): string {
  const name = headName(row.layer, head.head);
  const value = metric.valueOf(view, row, head);
  if (value === null) return `${name}: ${metric.absent(head, view)}`;
  return `${name}: ${metric.label} ${formatFull(value)}`;
}
