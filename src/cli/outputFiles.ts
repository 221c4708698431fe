// Results written into files: whole, or not at all.
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { QKError } from '../core/errors.ts';
import type { AnalysisResult } from '../library/door.ts';

export const OUTPUT_FORMATS = ['json', 'csv', 'parquet', 'svg', 'png'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The format of a file's name; null for others. */
export function formatOf(file: string): OutputFormat | null {
  const ending = path.extname(file).slice(1).toLowerCase();
  return OUTPUT_FORMATS.find((format) => format === ending) ?? null;
}

/** A figure shows one map, or two side by side. */
const MOST_IN_FIGURE = 2;

/** Makes what a file of this format holds. @throws QKError where it can't hold as many results */
export async function contentsOf(
  format: OutputFormat,
  results: readonly AnalysisResult[],
  metric: string,
): Promise<string | Uint8Array> {
  const isFigure = format === 'svg' || format === 'png';
  if (isFigure && results.length > MOST_IN_FIGURE)
    throw new QKError('result-invalid', `A figure shows one model or two, and there are ${results.length}.`, {
      hint: 'Write a .json, .csv or .parquet file, or score one model at a time.',
    });
  switch (format) {
    case 'json':
      return (await import('../library/figureFiles.ts')).resultsText(results);
    case 'csv':
      return (await import('../figures/resultsToCsv.ts')).resultsToCsv(results);
    case 'parquet':
      return (await import('./parquet.ts')).resultsToParquet(results);
    case 'svg':
      return (await import('../library/figureFiles.ts')).figureSvg(results, { metric: metric as 's' });
    case 'png':
      return (await import('./pngFigure.ts')).figurePng(results, { metric: metric as 's' });
    default:
      return format satisfies never;
  }
}

/**
 * Writes a file beside its place and renames it, so that nobody ever finds half of one.
 * @throws QKError where it can't be written
 */
export async function writeWhole(file: string, contents: string | Uint8Array): Promise<void> {
  const unfinished = `${file}.${crypto.getRandomValues(Buffer.alloc(4)).toString('hex')}.tmp`;
  try {
    await writeFile(unfinished, contents);
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new QKError(
      'internal',
      `${file} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        where: file,
        hint: 'Name a file in a folder that is there and may be written.',
        cause,
      },
    );
  }
}
