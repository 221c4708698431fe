// Files that hold results: PNG and SVG figures, exported pages, and JSON; which of them a file is, its content says.
import { QKError } from '../errors.ts';
import type { LocalFile } from '../repos/index.ts';
import type { AnalysisResult } from '../result/index.ts';
import { readHtmlText } from './htmlResult.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { isPng } from './pngChunks.ts';
import { readPngText } from './pngResult.ts';
import { readResults } from './readResult.ts';
import { tooLarge, withoutScores } from './refusals.ts';
import { readSvgText } from './svgResult.ts';

export { fetchResultFile } from './fetchedFile.ts';
export { embedInPng } from './pngResult.ts';
export { looksLikeResult, readResults } from './readResult.ts';
export { embedInSvg } from './svgResult.ts';

/** What a file holds: one result, or two side by side, and the JSON as it is written there. */
export interface ResultFile {
  /** The file's name, without its folder. */
  readonly name: string;
  readonly text: string;
  readonly results: readonly AnalysisResult[];
}

/**
 * Reads the results that a figure or a JSON file holds.
 * @throws QKError that names what is wrong with the file: 'result-invalid', 'file-damaged', 'too-large', 'format-unsupported'
 */
export async function readResultFile({ path, blob }: LocalFile): Promise<ResultFile> {
  const name = path.split('/').at(-1) ?? path;
  const text = await textIn(blob, name);
  return { name, text, results: await readResults(text, name) };
}

async function textIn(blob: Blob, name: string): Promise<string> {
  const head = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  if (isPng(head)) return readPngText(await bytesOf(blob, EMBEDDED_LIMITS.file, name), name);
  if (isOtherPicture(head)) throw withoutScores(name);
  const bytes = await bytesOf(blob, EMBEDDED_LIMITS.text, name);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new QKError('result-invalid', `${name} is none of PNG, SVG, HTML and JSON.`, {
      where: name,
      hint: 'Drop a figure or a JSON file that QKScope exported.',
      cause,
    });
  }
  if (/^\ufeff?\s*<!doctype html\b/i.test(text)) return readHtmlText(text, name);
  return /^\ufeff?\s*</.test(text) ? readSvgText(text, name) : text;
}

async function bytesOf(blob: Blob, limit: number, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (blob.size > limit) throw tooLarge(name, `it has ${blob.size} bytes`);
  return new Uint8Array(await blob.arrayBuffer());
}

/** JPEG, GIF and WebP, by their first bytes: what figures become where they are sent as photos. */
function isOtherPicture(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return text.startsWith('\xff\xd8\xff') || /^GIF8|^RIFF....WEBP/s.test(text);
}
