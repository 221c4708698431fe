import type { BenchmarkReport } from './benchmarkReport.ts';
import { markdownTable } from './markdownTable.ts';
import type { NotebookMatch } from './notebookTimes.ts';
import { spreadNote, timingNotes } from './timingNotes.ts';
import { failureTexts, timingCells, timingColumns } from './timingTable.ts';

/** The timing table as GitHub's Markdown, with what is needed to read it. */
export function reportToMarkdown(report: BenchmarkReport, notebook: NotebookMatch | null = null): string {
  const cells = timingCells(report.rows, report, notebook);
  const columns = timingColumns(cells, notebook);
  return [
    `Time of the methods on ${report.subject}`,
    '',
    ...(report.rows.length === 0 ? [] : [spreadNote(report.rows), '']),
    ...markdownTable(
      columns.map(({ head }) => head),
      cells.map((row) => columns.map(({ key }) => row[key])),
    ),
    '',
    ...timingNotes(report, notebook).map((note) => `- ${note}`),
    ...failureTexts(report.failed).map(({ text }) => `- ${text}`),
    '',
  ].join('\n');
}
