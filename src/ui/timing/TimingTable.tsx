import { useId, useState } from 'react';
import {
  type BenchmarkColumnKey,
  benchmarkCells,
  benchmarkColumns,
  spreadNote,
} from '../../core/benchmark/index.ts';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import { type BenchmarkReport, type BenchmarkRow, rowEngine } from '../../core/result/index.ts';
import { ScrollBox } from '../widgets/ScrollBox.tsx';
import './timingTable.css';

interface TimingTableProps {
  readonly rows: readonly BenchmarkRow[];
  /** null while rows still come. */
  readonly report: BenchmarkReport | null;
  readonly notebook: NotebookMatch | null;
}

/** What the few columns are. */
const FEW_NOTE =
  'Median: of the runs, for one call over the scope. Spread: third quartile of the runs less the first. Speed-up: per head, against norm on the same engine.';
const WORDS = new Set<BenchmarkColumnKey>(['engine', 'method', 'scope', 'clock']);
/** The columns that matter, by the words for whoever doesn't know the others. */
const FEW: Readonly<Partial<Record<BenchmarkColumnKey, string>>> = {
  engine: 'engine',
  method: 'method',
  scope: 'scope',
  median: 'median',
  iqr: 'spread',
  speedUp: 'speed-up',
};
/** With all columns the engine heads its rows; a comparison has one region: the caption says it. */
const LEFT_OUT = new Set<BenchmarkColumnKey>(['engine', 'region']);

const classOf = (key: BenchmarkColumnKey) => (WORDS.has(key) ? 'timing-text' : 'num');

/** The times engine by engine, as in the chart: six columns, or all. The notebook's appears among all where it printed a time. */
export function TimingTable({ rows, report, notebook }: TimingTableProps) {
  const [showsAll, setShowsAll] = useState(false);
  const noteId = useId();
  const cells = benchmarkCells(rows, report, notebook);
  const all = benchmarkColumns(cells, notebook);
  const columns = showsAll
    ? all.filter(({ key }) => !LEFT_OUT.has(key))
    : Object.entries(FEW).flatMap(([few, head]) =>
        all.filter(({ key }) => key === few).map((column) => ({ ...column, head })),
      );
  const region = rows[0]?.region;
  const engines = [...new Set(rows.map(rowEngine))];
  return (
    <div className="timing-figures">
      <div className="timing-line">
        <p id={noteId} className="timing-notes">
          {showsAll ? spreadNote(rows) : FEW_NOTE}
        </p>
        <label className="check">
          <input type="checkbox" checked={showsAll} onChange={({ target }) => setShowsAll(target.checked)} />
          all columns
        </label>
      </div>
      <ScrollBox label="Times">
        <table
          className={showsAll ? 'timing-table timing-rows' : 'timing-table timing-few'}
          aria-describedby={noteId}
        >
          <caption>
            {report ? `Time of the methods on ${report.subject}` : 'Rows so far'}
            {region !== undefined && `, ${region}`}
          </caption>
          <thead>
            <tr>
              {columns.map(({ key, head, about }) => (
                <th key={key} scope="col" title={about} className={classOf(key)}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          {engines.map((engine) => (
            <tbody key={engine}>
              {showsAll && (
                <tr>
                  <th scope="rowgroup" colSpan={columns.length} className="timing-engine">
                    <span>{engine}</span>
                  </th>
                </tr>
              )}
              {cells
                .filter((row) => row.engine === engine)
                .map((row, index, ofEngine) => (
                  <tr key={`${row.method} ${row.scope}`}>
                    {columns.map(({ key }) => {
                      if (key === 'engine')
                        return index > 0 ? null : (
                          <th
                            key={key}
                            scope="rowgroup"
                            rowSpan={ofEngine.length}
                            className="timing-engine-cell"
                          >
                            {engine}
                          </th>
                        );
                      if (key === 'method')
                        return (
                          <th key={key} scope="row" className="timing-text">
                            {row.method}
                          </th>
                        );
                      return (
                        <td key={key} className={classOf(key)}>
                          {row[key]}
                        </td>
                      );
                    })}
                  </tr>
                ))}
            </tbody>
          ))}
        </table>
      </ScrollBox>
    </div>
  );
}
