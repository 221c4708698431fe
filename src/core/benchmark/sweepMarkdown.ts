// Writes a sweep's report as Markdown.
import { formatDuration } from './benchmarkTable.ts';
import { markdownTable } from './markdownTable.ts';
import { rowTimes } from './rowTimes.ts';
import { type SweepReport, sweepRatios, sweepSeries } from './sweepReport.ts';
import {
  EXPONENT_NOTE,
  lawText,
  RATIO_NOTE,
  ratioCells,
  repeatTexts,
  seriesCells,
  sweepNotes,
} from './sweepText.ts';

/**
 * Returns the sweep as GitHub's Markdown: exponents, ratios, the times that they are of, and what is needed to read
 * them.
 */
export function sweepToMarkdown(report: SweepReport): string {
  return [
    `Sweep over d and dh on ${report.engine}`,
    '',
    `Exponents: time ∝ size to the power of. ${EXPONENT_NOTE}`,
    '',
    ...markdownTable(
      ['method', 'over', 'by operations', 'measured ± standard error', 'points'],
      sweepSeries(report).map((entry) => Object.values(seriesCells(entry))),
    ),
    '',
    `How many times faster trace is than norm. ${RATIO_NOTE}`,
    '',
    ...markdownTable(
      ['over', 'd', 'dh', 'by operations', 'measured', 'lowest to highest'],
      sweepRatios(report).map((entry) => Object.values(ratioCells(entry))),
    ),
    '',
    'Times of one head: the median of the runs; IQR, their third quartile less their first.',
    '',
    ...markdownTable(
      ['over', 'd', 'dh', 'method', 'median', 'IQR', 'runs'],
      report.rows.map(({ axis, dModel, dHead, row }) => {
        const { median, q1, q3 } = rowTimes(row);
        const iqr = row.runsMs.length > 1 ? formatDuration(q3 - q1) : '';
        const size = [axis, String(dModel), String(dHead)];
        return [...size, row.method, formatDuration(median), iqr, String(row.runsMs.length)];
      }),
    ),
    '',
    lawText(report),
    '',
    ...[...repeatTexts(report), ...sweepNotes(report)].map((note) => `- ${note}`),
    '',
  ].join('\n');
}
