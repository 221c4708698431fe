// Writes a benchmark's report as Markdown.
import type { NotebookMatch } from '../notebook/notebookTimes.ts';
import type { BenchmarkReport } from '../result/index.ts';
import { benchmarkNotes, spreadNote } from './benchmarkNotes.ts';
import { benchmarkCells, benchmarkColumns, failureTexts } from './benchmarkTable.ts';
import { markdownTable } from './markdownTable.ts';

/** Returns the timing table as GitHub's Markdown, with what is needed to read it. */
export function reportToMarkdown(report: BenchmarkReport, notebook: NotebookMatch | null = null): string {
  const cells = benchmarkCells(report.rows, report, notebook);
  const columns = benchmarkColumns(cells, notebook);
  return [
    `Time of the methods on ${report.subject}`,
    '',
    ...(report.rows.length === 0 ? [] : [spreadNote(report.rows), '']),
    ...markdownTable(
      columns.map(({ head }) => head),
      cells.map((row) => columns.map(({ key }) => row[key])),
    ),
    '',
    ...benchmarkNotes(report, notebook).map((note) => `- ${note}`),
    ...failureTexts(report.failed).map(({ text }) => `- ${text}`),
    '',
  ].join('\n');
}
