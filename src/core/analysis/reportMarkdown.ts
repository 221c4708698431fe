import type { BenchmarkReport } from './benchmarkReport.ts';
import type { NotebookMatch } from './notebookTimes.ts';
import { TIMING_COLUMNS, timingCells, timingNotes } from './timingTable.ts';

/** The timing table as GitHub's Markdown, with what is needed to read it. */
export function reportToMarkdown(report: BenchmarkReport, notebook: NotebookMatch | null = null): string {
  const cells = timingCells(report.rows, report, notebook);
  const columns = TIMING_COLUMNS.filter(
    ({ key }) => key !== 'notebook' || cells.some((row) => row.notebook !== ''),
  );
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
    ...report.failed.map(
      ({ engine, method, scope, error }) => `- ${engine} ${method} (${scope}) failed: ${error.message}`,
    ),
    '',
  ].join('\n');
}
