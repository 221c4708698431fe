// The results that a widget is given: as a value, or by an address.
import { loadResultFiles } from '../core/embedded/index.ts';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { isUnset, textOf } from './values.ts';

/** What a widget needs of the place where it stands. */
export interface Surrounds {
  /** What addresses are relative to. */
  baseUrl(): string;
  fetch(url: string, init: { readonly signal: AbortSignal }): Promise<Response>;
}

/**
 * Reads results: JSON as a text or as its value (one result, or a list of two), else the file at an address.
 * @throws QKError that says what is wrong
 */
export async function readGivenResult(
  { result, src }: { readonly result?: unknown; readonly src?: unknown },
  { baseUrl, fetch }: Surrounds,
  signal: AbortSignal,
): Promise<readonly AnalysisResult[]> {
  const { fetchResultFile, readResultFile } = await loadResultFiles();
  const file = isUnset(result)
    ? await fetchResultFile(addressOf(textOf(src), baseUrl()), signal, fetch)
    : { path: 'the result', blob: new Blob([textOf(result)]) };
  return (await readResultFile(file)).results;
}

function addressOf(src: string, baseUrl: string): string {
  if (URL.canParse(src, baseUrl)) return new URL(src, baseUrl).href;
  throw new QKError('file-not-found', `“${printable(src)}” isn’t the address of a file.`);
}
