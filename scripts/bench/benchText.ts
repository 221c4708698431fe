import { benchmarkNotes, spreadNote } from '../../src/core/benchmark/benchmarkNotes.ts';
import {
  benchmarkCells,
  benchmarkColumns,
  failureTexts,
  formatDigits,
  formatDuration,
} from '../../src/core/benchmark/benchmarkTable.ts';
import { rowTimes } from '../../src/core/benchmark/rowTimes.ts';
import { notebookForShape } from '../../src/core/notebook/notebookTimes.ts';
import { type BenchmarkReport, type BenchmarkRow, rowEngine } from '../../src/core/result/benchmarkReport.ts';

/** The page's timing table, aligned for a terminal. */
export function reportText(report: BenchmarkReport): string {
  const notebook = report.synthetic ? notebookForShape(report.shape) : null;
  const cells = benchmarkCells(report.rows, report, notebook);
  const columns = benchmarkColumns(cells, notebook);
  const table = [columns.map(({ head }) => head), ...cells.map((row) => columns.map(({ key }) => row[key]))];
  const failed = failureTexts(report.failed).map(({ text }) => text);
  return [
    report.subject,
    ...(cells.length === 0 ? [] : [align(table), spreadNote(report.rows)]),
    ...failed,
    ...benchmarkNotes(report, notebook),
  ].join('\n');
}

/** For each row that both have: median now, before, and how many times faster it became. */
export function compareReports(
  before: readonly BenchmarkReport[],
  after: readonly BenchmarkReport[],
): string {
  const lines = [['shape', 'row', 'before', 'now', 'faster by']];
  for (const report of after) {
    const old = before.find(({ subject }) => subject === report.subject);
    for (const row of report.rows) {
      const same = old?.rows.find((other) => nameOf(other) === nameOf(row));
      if (same === undefined) continue;
      const [a, b] = [rowTimes(same).median, rowTimes(row).median];
      lines.push([
        report.subject.split(',')[0]!,
        nameOf(row),
        formatDuration(a),
        formatDuration(b),
        `${formatDigits(a / b)}×`,
      ]);
    }
  }
  return align(lines);
}

function nameOf(row: BenchmarkRow): string {
  return `${rowEngine(row)} ${row.method}, ${row.scope}, ${row.region}`;
}

function align(table: readonly (readonly string[])[]): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => [...row[column]!].length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(widths[column]! - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
