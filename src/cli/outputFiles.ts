// Results written into files: whole, or not at all.
import { access, constants, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
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

/** @throws QKError where a file of this format can't hold so many results */
export function checkCount(format: OutputFormat, count: number): void {
  const isFigure = format === 'svg' || format === 'png';
  if (isFigure && count > MOST_IN_FIGURE)
    throw new QKError('result-invalid', `A figure shows one model or two, and there are ${count}.`, {
      hint: 'Write a .json, .csv or .parquet file, or score one model at a time.',
    });
}

/** Makes what a file of this format holds. @throws QKError where it can't hold as many results */
export async function contentsOf(
  format: OutputFormat,
  results: readonly AnalysisResult[],
  metric: string,
): Promise<string | Uint8Array> {
  checkCount(format, results.length);
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

/** Where a file comes to lie: what a link leads to is renewed, and the link stays. */
const placeOf = (file: string): Promise<string> => realpath(file).catch(() => file);

/**
 * Sees before hours of work that a file can be written.
 * @throws QKError saying why it can't
 */
export async function checkPlace(file: string): Promise<void> {
  const place = await placeOf(file);
  const there = await stat(place).catch(() => null);
  if (there !== null && !there.isFile())
    throw unwritable(file, there.isDirectory() ? 'it is a folder' : 'it isn’t a plain file');
  if (/[/\\]$/.test(file)) throw unwritable(file, 'its name is that of a folder');
  const folder = path.dirname(place);
  if (!(await stat(folder).catch(() => null))?.isDirectory())
    throw unwritable(file, `there is no folder ${printable(folder)}`);
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw unwritable(file, reasonOf(cause), cause);
  });
}

/** @throws QKError where there is no such folder and none can be made */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const { code } = cause as { readonly code?: string };
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its way' : reasonOf(cause);
    throw new QKError('internal', `The folder ${printable(folder)} can't be made: ${why}.`, {
      where: folder,
      hint: 'Name a folder that is there, or that can be made and written.',
      cause,
    });
  });
}

/**
 * Writes a file beside its place and renames it, so that nobody ever finds half of one.
 * @throws QKError where it can't be written
 */
export async function writeWhole(file: string, contents: string | Uint8Array): Promise<void> {
  await writeWholeBy(file, (unfinished) => writeFile(unfinished, contents));
}

/** As `writeWhole`, for what is written piece by piece into the unfinished file. */
export async function writeWholeBy(
  file: string,
  write: (unfinished: string) => Promise<void>,
): Promise<void> {
  const place = await placeOf(file);
  const unfinished = `${place}.${crypto.getRandomValues(Buffer.alloc(4)).toString('hex')}.tmp`;
  try {
    await write(unfinished);
    await rename(unfinished, place);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw cause instanceof QKError ? cause : unwritable(file, reasonOf(cause), cause);
  }
}

function unwritable(file: string, why: string, cause?: unknown): QKError {
  return new QKError('internal', `${printable(file)} can't be written: ${why}.`, {
    where: file,
    hint: 'Name a file in a folder that is there and may be written.',
    cause,
  });
}

/** Node's codes of the system's errors, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a file stands where its folder should',
  EISDIR: 'it is a folder',
  EACCES: 'this isn’t allowed there',
  EPERM: 'this isn’t allowed there',
  EROFS: 'nothing may be written on that disk',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk’s quota is used up',
  ENAMETOOLONG: 'its name is too long',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
