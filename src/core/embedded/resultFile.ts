// Files that hold results: PNG and SVG figures, exported pages, and JSON; which of them a file is, its content says.
import { readBlob } from '../readBlob.ts';
import type { LocalFile } from '../repos/index.ts';
import type { AnalysisResult } from '../result/index.ts';
import { readHtmlText } from './htmlResult.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { isPng } from './pngChunks.ts';
import { readPngText } from './pngResult.ts';
import { readResults } from './readResult.ts';
import { noResult, tooLarge, withoutScores } from './refusals.ts';
import { readSvgText } from './svgResult.ts';

export { fetchResultFile } from './fetchedFile.ts';
export { EMBEDDED_LIMITS } from './limits.ts';
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
 * Reads the results that a figure or a JSON file holds: as many as the page shows, or `most`.
 * @throws QKError that names what is wrong with the file: 'result-invalid', 'file-damaged', 'too-large', 'format-unsupported'
 */
export async function readResultFile(file: LocalFile, most?: number): Promise<ResultFile> {
  return readResultBytes(await resultBytes(file), file.path, most);
}

/**
 * The bytes of a file that may hold results.
 * @throws QKError 'too-large' before they are read, 'result-invalid' for a photo, 'file-changed' where they can't be read any more
 */
export async function resultBytes({ path, blob }: LocalFile): Promise<Uint8Array<ArrayBuffer>> {
  const name = nameOf(path);
  // A picture alone may be larger than a text.
  if (blob.size > EMBEDDED_LIMITS.text) {
    const head = await readBlob(blob.slice(0, 16), path);
    if (isOtherPicture(head)) throw withoutScores(name);
    if (!isPng(head) || blob.size > EMBEDDED_LIMITS.file) throw tooLarge(name, `it has ${blob.size} bytes`);
  }
  return readBlob(blob, path);
}

/** Reads the results in the bytes of such a file. @throws QKError as `readResultFile` */
export async function readResultBytes(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  most?: number,
): Promise<ResultFile> {
  const name = nameOf(path);
  const text = await textIn(bytes, name);
  return { name, text, results: await readResults(text, name, most) };
}

const noKnownKind = (name: string) => noResult(name, `${name} is none of PNG, SVG, HTML and JSON.`);

const nameOf = (path: string) => path.split('/').at(-1) ?? path;

async function textIn(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  if (isPng(bytes)) return readPngText(bytes, name);
  if (isOtherPicture(bytes.subarray(0, 16))) throw withoutScores(name);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw noKnownKind(name);
  }
  if (/^\ufeff?\s*<!doctype html\b/i.test(text)) return readHtmlText(text, name);
  if (/^\ufeff?\s*</.test(text)) return readSvgText(text, name);
  if (!/^\ufeff?\s*[[{]/.test(text)) throw noKnownKind(name);
  return text;
}

/** JPEG, GIF and WebP, by their first bytes: what figures become where they are sent as photos. */
function isOtherPicture(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return text.startsWith('\xff\xd8\xff') || /^GIF8|^RIFF....WEBP/s.test(text);
}
