import { useId } from 'react';
import {
  type BenchmarkColumnKey,
  benchmarkCells,
  benchmarkColumns,
  spreadNote,
} from '../../core/benchmark/index.ts';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import { type BenchmarkReport, type BenchmarkRow, rowEngine } from '../../core/result/index.ts';
import { ScrollBox } from '../widgets/ScrollBox.tsx';

interface TimingTableProps {
  readonly rows: readonly BenchmarkRow[];
  /** null while rows still come. */
  readonly report: BenchmarkReport | null;
  readonly notebook: NotebookMatch | null;
}

const WORDS = new Set<BenchmarkColumnKey>(['method', 'scope', 'clock']);
/** The engine heads its rows; a comparison has one region: the caption says it. */
const LEFT_OUT = new Set<BenchmarkColumnKey>(['engine', 'region']);

const classOf = (key: BenchmarkColumnKey) => (WORDS.has(key) ? 'timing-text' : 'num');

/** Every figure of a comparison, engine by engine as in the chart. The notebook's column appears where it printed a time. */
export function TimingTable({ rows, report, notebook }: TimingTableProps) {
  const noteId = useId();
  const cells = benchmarkCells(rows, report, notebook);
  const columns = benchmarkColumns(cells, notebook).filter(({ key }) => !LEFT_OUT.has(key));
  const region = rows[0]?.region;
  const engines = [...new Set(rows.map(rowEngine))];
  return (
    <div className="timing-figures">
      <p id={noteId} className="timing-notes">
        {spreadNote(rows)}
      </p>
      <ScrollBox label="Times">
        <table className="timing-table timing-rows" aria-describedby={noteId}>
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
              <tr>
                <th scope="rowgroup" colSpan={columns.length} className="timing-engine">
                  <span>{engine}</span>
                </th>
              </tr>
              {cells
                .filter((row) => row.engine === engine)
                .map((row) => (
                  <tr key={`${row.method} ${row.scope}`}>
                    {columns.map(({ key }) =>
                      key === 'method' ? (
                        <th key={key} scope="row" className="timing-text">
                          {row.method}
                        </th>
                      ) : (
                        <td key={key} className={classOf(key)}>
                          {row[key]}
                        </td>
                      ),
                    )}
                  </tr>
                ))}
            </tbody>
          ))}
        </table>
      </ScrollBox>
    </div>
  );
}
