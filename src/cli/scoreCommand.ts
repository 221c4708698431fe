// qkscope score: scores each model, and writes what was asked for.

import { QKError } from '../core/errors.ts';
import { modelTitle } from '../figures/format.ts';
import type { MetricId } from '../figures/metric.ts';
import type { AnalysisResult } from '../library/door.ts';
import { EXIT } from './exitCodes.ts';
import { checkCount, checkPlace, contentsOf, formatOf, OUTPUT_FORMATS, writeWhole } from './outputFiles.ts';
import { createProgressLine, NO_PROGRESS } from './progressLine.ts';
import type { ScoringFlags } from './scorer.ts';
import type { Terminal } from './terminal.ts';

export interface ScoreFlags extends ScoringFlags {
  readonly output?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly colourBy: MetricId;
}

/** Scores models one after the other; a failure doesn't keep the next from being scored. @returns the first failure's code */
export async function scoreCommand(
  terminal: Terminal,
  models: readonly string[],
  flags: ScoreFlags,
): Promise<number> {
  const files = (flags.output ?? []).map((file) => ({ file, format: formatNamed(file) }));
  // Before the work, not after it.
  for (const { file, format } of files) {
    checkCount(format, models.length);
    await checkPlace(file);
  }
  const progressOf = (model: string) => (flags.quiet ? NO_PROGRESS : createProgressLine(terminal, model));
  // The first line is there before the code that opens and computes is: that takes longer to load than all before it.
  let progress = progressOf(models[0] ?? '');
  const { createScorer } = await import('./scorer.ts');
  const { score } = await createScorer(terminal, flags).catch((error: unknown) => {
    progress.end();
    throw error;
  });
  const results: AnalysisResult[] = [];
  let exit: number = EXIT.done;
  for (const [at, model] of models.entries()) {
    if (at > 0) progress = progressOf(model);
    try {
      results.push(await score(model, progress.hear));
      progress.end();
    } catch (error) {
      progress.end();
      const { reportError } = await import('./report.ts');
      exit ||= reportError(terminal, error, model);
    }
  }
  if (results.length === 0) return exit;
  for (const { file, format } of files) {
    try {
      await writeWhole(file, await contentsOf(format, results, flags.colourBy));
    } catch (error) {
      // One file that can't be written doesn't keep the others from being written.
      const { reportError } = await import('./report.ts');
      exit ||= reportError(terminal, error);
      continue;
    }
    if (!flags.quiet)
      terminal.err(`${file} holds ${results.map(({ model }) => modelTitle(model)).join(', ')}.\n`);
  }
  if (flags.json) terminal.out(String(await contentsOf('json', results, flags.colourBy)));
  else if (files.length === 0 && !flags.quiet) {
    const { columns, colourDepth } = terminal;
    const { resultsSummary } = await import('./summary.ts');
    terminal.out(resultsSummary(results, { metric: flags.colourBy, columns, colourDepth }));
  }
  return exit;
}

function formatNamed(file: string) {
  const format = formatOf(file);
  if (format !== null) return format;
  throw new QKError('bad-model-id', `${file} has no ending that says what to write.`, {
    where: '--output',
    hint: `Name a file that ends in .${OUTPUT_FORMATS.join(', .')}.`,
  });
}
