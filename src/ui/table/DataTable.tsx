import { memo, useId, useMemo, useRef, useState } from 'react';
import { formatFull, headName } from '../../figures/format.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import { dModelOf } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { useActions } from '../appContext.ts';
import { TableBox } from '../widgets/TableBox.tsx';
import {
  hasWhole,
  headColumns,
  headLines,
  layerLines,
  metricColumns,
  NAMES,
  sortLines,
  type TableColumn,
  type TableLine,
  type TableSort,
} from './tableLines.ts';
import { COLUMN, useCellsInView } from './useCellsInView.ts';
import './table.css';

interface DataTableProps {
  readonly view: HeatmapView;
  /** A metric: layers down, heads across. Several: heads down, metrics across. */
  readonly metric: Metric | readonly Metric[];
  readonly selection: HeadRef | null;
}

/** The heatmap's twin in numbers, for screen readers, for sorting, and for copying into a sheet. */
export function DataTable({ view, metric, selection }: DataTableProps) {
  const { rows, shape, title } = view;
  const [sort, setSort] = useState<TableSort | null>(null);
  const isOne = 'id' in metric;
  const whole = isOne && hasWhole(rows, metric);
  const columns = useMemo(
    () => ('id' in metric ? headColumns(shape.heads, metric, whole) : metricColumns(metric, rows)),
    [shape.heads, metric, whole, rows],
  );
  const lines = useMemo(
    () => sortLines(isOne ? layerLines(view) : headLines(view), view, columns, sort),
    [isOne, view, columns, sort],
  );
  const box = useRef<HTMLElement>(null);
  const captionId = useId();
  const near = useCellsInView(box, lines.length, columns.length);
  const { isLong, isWide } = near;
  const { from, to, before, after } = near.columns;
  const seen = useMemo(
    (): SeenColumns => ({ columns: columns.slice(from, to), first: from, before, after }),
    [columns, from, to, before, after],
  );
  const sortBy = (chosen: TableSort | null) => {
    setSort(chosen);
    box.current?.scrollTo({ top: 0 });
  };
  const name = isOne ? `${metric.label} of every head of ${title}` : `Every head of ${title}, all metrics`;
  const order = isOne ? 'layers down, heads across, counted from 0' : 'counted from 0';
  return (
    <div>
      {/* Beside the table, so that it wraps to the page's width and not to the table's. */}
      <p id={captionId} className="table-caption">
        {name}; {order}. A column’s name sorts by it.
        {isLong &&
          ` Only the lines${isWide ? ' and columns' : ''} near the view are in the page: the CSV has them all.`}
      </p>
      <TableBox ref={box} label={name} onScroll={near.onScroll}>
        <table
          className="data-table"
          aria-labelledby={captionId}
          data-long={isLong}
          {...(isLong ? { 'aria-rowcount': lines.length + 1 } : {})}
          {...(isWide
            ? {
                'aria-colcount': columns.length + 1,
                'data-wide': true,
                style: { width: NAMES_COLUMN + columns.length * COLUMN },
              }
            : {})}
        >
          {isWide && (
            <colgroup>
              <col style={{ width: NAMES_COLUMN }} />
              {before > 0 && <col style={{ width: before }} />}
              <col span={to - from} style={{ width: COLUMN }} />
              {after > 0 && <col style={{ width: after }} />}
            </colgroup>
          )}
          <thead>
            <tr aria-rowindex={1}>
              <HeadCell
                column={{ key: NAMES, name: isOne ? 'layer' : 'head' }}
                place={1}
                sort={sort}
                onSort={sortBy}
              />
              {before > 0 && <td aria-hidden="true" />}
              {seen.columns.map((column, index) => (
                <HeadCell
                  key={column.key}
                  column={column}
                  place={from + index + 2}
                  sort={sort}
                  onSort={sortBy}
                />
              ))}
              {after > 0 && <td aria-hidden="true" />}
            </tr>
          </thead>
          <tbody>
            <Room height={near.lines.before} />
            {lines.slice(near.lines.from, near.lines.to).map((line, index) => (
              <Line
                key={line.name}
                at={near.lines.from + index}
                view={view}
                line={line}
                seen={seen}
                selected={selectedIn(line, selection)}
              />
            ))}
            <Room height={near.lines.after} />
          </tbody>
        </table>
      </TableBox>
    </div>
  );
}

/** Width of the names' column where all columns have a fixed width, px. */
const NAMES_COLUMN = 72;

/** The columns near the view, where they stand among all, and the room of the others, px. */
interface SeenColumns {
  readonly columns: readonly TableColumn[];
  readonly first: number;
  readonly before: number;
  readonly after: number;
}

interface HeadCellProps {
  readonly column: Pick<TableColumn, 'key' | 'name' | 'title'>;
  /** Among all columns, from 1. */
  readonly place: number;
  readonly sort: TableSort | null;
  readonly onSort: (sort: TableSort | null) => void;
}

/** Values from the highest on first, then from the lowest; then the lines' own order again. */
function HeadCell({ column: { key, name, title }, place, sort, onSort }: HeadCellProps) {
  const direction = sort?.key === key ? sort.direction : null;
  const next =
    direction === null ? 'descending' : direction === 'descending' && key !== NAMES ? 'ascending' : null;
  return (
    <th scope="col" aria-colindex={place} {...(direction === null ? {} : { 'aria-sort': direction })}>
      <button
        type="button"
        className="data-cell"
        title={title}
        onClick={() => onSort(next === null ? null : { key, direction: next })}
      >
        {name}
        <span aria-hidden="true">{direction === null ? '' : direction === 'ascending' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  );
}

/** In place of the lines that are out of view. */
function Room({ height }: { readonly height: number }) {
  return height === 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of a table isn't one
    <tr aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

interface LineProps {
  /** Its place among all lines. */
  readonly at: number;
  readonly view: HeatmapView;
  readonly line: TableLine;
  readonly seen: SeenColumns;
  /** The head of this line that is pinned. */
  readonly selected: number | null;
}

// A layer keeps its identity while others arrive or are selected: a model may have 128 of them.
const Line = memo(
  function Line({ at, view, line, seen, selected }: LineProps) {
    const { columns, first, before, after } = seen;
    const { row, head, name } = line;
    const actions = useActions();
    const pin = (number: number) =>
      actions.selection.pin(selected === number ? null : { layer: row.layer, head: number });
    return (
      <tr aria-rowindex={at + 2}>
        <th scope="row" data-selected={head !== null && selected === head.head ? true : undefined}>
          {head === null ? (
            name
          ) : (
            <button type="button" className="data-cell" onClick={() => pin(head.head)}>
              {name}
            </button>
          )}
        </th>
        {before > 0 && row.heads.length > 0 && <td aria-hidden="true" />}
        {row.heads.length === 0 ? (
          <td colSpan={columns.length + Number(before > 0) + Number(after > 0)} className="data-none">
            {row.skipped ? `skipped: ${row.skipped.reason}` : 'not scored yet'}
          </td>
        ) : (
          columns.map((column, index) => {
            const place = { 'aria-colindex': first + index + 2 };
            const value = column.valueOf(view, line);
            // A layer may have fewer heads than the widest.
            if (value === undefined) return <td key={column.key} {...place} />;
            const cellHead = head === null ? column.headOf(line) : null;
            const text = column.metric.format(value);
            const title = titleOf(view, line, column, value);
            return cellHead === null ? (
              <td key={column.key} {...place} className="data-value" title={title}>
                {text}
              </td>
            ) : (
              <td key={column.key} {...place} data-selected={selected === cellHead.head ? true : undefined}>
                <button type="button" className="data-cell" title={title} onClick={() => pin(cellHead.head)}>
                  {text}
                </button>
              </td>
            );
          })
        )}
        {after > 0 && row.heads.length > 0 && <td aria-hidden="true" />}
      </tr>
    );
  },
  (before, now) =>
    before.at === now.at &&
    before.line.row === now.line.row &&
    before.line.head === now.line.head &&
    before.view.userScores === now.view.userScores &&
    before.view.nullReason === now.view.nullReason &&
    dModelOf(before.view, before.line.row) === dModelOf(now.view, now.line.row) &&
    before.seen === now.seen &&
    before.selected === now.selected,
);

function selectedIn({ row, head }: TableLine, selection: HeadRef | null): number | null {
  if (selection === null || selection.layer !== row.layer) return null;
  return head === null || head.head === selection.head ? selection.head : null;
}

/** The value whole, or why there is none. */
function titleOf(view: HeatmapView, line: TableLine, column: TableColumn, value: number | null): string {
  const head = column.headOf(line);
  const name = head === null ? `layer ${line.row.layer}` : headName(line.row.layer, head.head);
  return value === null
    ? `${name}: ${column.unavailableReason(view, line)}`
    : `${name}: ${column.metric.label} ${formatFull(value)}`;
}
