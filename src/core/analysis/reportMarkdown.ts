import type { BenchmarkReport } from './benchmarkReport.ts';
import type { NotebookMatch } from './notebookTimes.ts';
import { timingNotes } from './timingNotes.ts';
import { failureTexts, timingCells, timingColumns } from './timingTable.ts';

/** The timing table as GitHub's Markdown, with what is needed to read it. */
export function reportToMarkdown(report: BenchmarkReport, notebook: NotebookMatch | null = null): string {
  const cells = timingCells(report.rows, report, notebook);
  const columns = timingColumns(cells, notebook);
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `Time of the methods on ${report.subject}`,
    '',
    line(columns.map(({ head }) => head)),
    line(columns.map(() => '---')).replaceAll('\\', ''),
    ...cells.map((row) => line(columns.map(({ key }) => row[key]))),
    '',
    ...timingNotes(report, notebook).map((note) => `- ${note}`),
    ...failureTexts(report.failed).map(({ text }) => `- ${text}`),
    '',
  ].join('\n');
}
