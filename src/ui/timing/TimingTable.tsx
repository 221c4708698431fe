import { type BenchmarkReport, type BenchmarkRow, rowEngine } from '../../core/analysis/benchmarkReport.ts';
import type { NotebookMatch } from '../../core/analysis/notebookTimes.ts';
import { timingCells, timingColumns } from '../../core/analysis/timingTable.ts';

interface TimingTableProps {
  readonly rows: readonly BenchmarkRow[];
  /** null while rows still come. */
  readonly report: BenchmarkReport | null;
  readonly notebook: NotebookMatch | null;
}

const WORDS = new Set<string>(['engine', 'method', 'scope', 'region', 'clock']);

/** Every figure of a comparison. The notebook's column appears where it printed a time. */
export function TimingTable({ rows, report, notebook }: TimingTableProps) {
  const cells = timingCells(rows, report, notebook);
  // A comparison has one region: its caption says it.
  const columns = timingColumns(cells, notebook).filter(({ key }) => key !== 'region');
  const region = rows[0]?.region;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys
    <section className="table-box" tabIndex={0} aria-label="Times">
      <table className="timing-table timing-rows">
        <caption>
          {report ? `Time of the methods on ${report.subject}` : 'Rows so far'}
          {region !== undefined && `, ${region}`}
        </caption>
        <thead>
          <tr>
            {columns.map(({ key, head, about }) => (
              <th key={key} scope="col" title={about} className={WORDS.has(key) ? 'timing-word' : ''}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row) => (
            <tr key={`${rowEngine(row)} ${row.method} ${row.scope}`}>
              {columns.map(({ key }) => (
                <td key={key} className={WORDS.has(key) ? 'timing-word' : 'num'}>
                  {row[key]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
