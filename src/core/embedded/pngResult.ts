// A result's JSON inside a PNG: an iTXt chunk (ISO/IEC 15948, §11.3.3.4), deflated, under our keyword.
import { joinBytes } from '../joinBytes.ts';
import { PNG_SIGNATURE, pngChunk } from '../pngChunk.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { isIntact, type PngChunk, pngChunks } from './pngChunks.ts';
import { damaged, tooLarge, withoutScores } from './refusals.ts';
import { deflate, inflate } from './zlib.ts';

/** The keyword of the chunk that holds the JSON. */
const KEYWORD = 'qkscope';

/** A figure's px are CSS px: 96 to the inch, of 0.0254 m. */
const PX_PER_METRE = 96 / 0.0254;

/** Chunks of text: other writers may keep ours as another of these. */
const TEXT_CHUNKS: ReadonlySet<string> = new Set(['iTXt', 'zTXt', 'tEXt']);

/**
 * Writes a result's JSON, the size on paper and what the figure shows into a PNG, in place of such as it has.
 * @param text null for a figure that is of no model
 * @param scale pixels of the picture a CSS px: 2 for a figure that is drawn twice as fine
 * @param about what the figure shows, under keywords of the standard (§11.3.3.1): "Title", "Description"
 * @throws QKError 'too-large' for a text that wouldn't be read back
 */
export async function embedInPng(
  png: Uint8Array<ArrayBuffer>,
  text: string | null,
  scale: number,
  about: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = pngChunks(png, 'The figure').filter(
    (chunk) => chunk.type !== 'pHYs' && keywordOf(chunk) !== KEYWORD,
  );
  // Both before the first IDAT: pHYs must be (§11.3.5.3), and what reads no further finds the text.
  const place = chunks.findIndex(({ type }) => type === 'IDAT');
  const texts = Object.entries({ ...(text !== null && { [KEYWORD]: text }), ...about });
  const added = [
    pngChunk('pHYs', resolution(scale)),
    ...(await Promise.all(texts.map(([keyword, value]) => textChunk(keyword, value)))),
  ];
  return joinBytes([
    PNG_SIGNATURE,
    ...chunks.map((chunk) => chunk.bytes).toSpliced(place < 0 ? 1 : place, 0, ...added),
  ]);
}

/** The data of a pHYs chunk: pixels a metre across and down, and the unit: 1, the metre. */
function resolution(scale: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const perMetre = Math.round(PX_PER_METRE * scale);
  view.setUint32(0, perMetre);
  view.setUint32(4, perMetre);
  data[8] = 1;
  return data;
}

/** An iTXt chunk: keyword, 0, compressed, method 0, no language, no translated keyword, the text. */
async function textChunk(keyword: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > EMBEDDED_LIMITS.text) throw tooLarge('The figure', 'its scores are too long a text');
  const head = Uint8Array.of(...latin1(keyword), 0, 1, 0, 0, 0);
  return pngChunk('iTXt', joinBytes([head, await deflate(bytes)]));
}

/**
 * Reads the JSON text of a figure, wherever its chunk stands.
 * @throws QKError 'result-invalid' without such a chunk, 'file-damaged', 'too-large'
 */
export async function readPngText(png: Uint8Array<ArrayBuffer>, file: string): Promise<string> {
  const chunks = pngChunks(png, file).filter(({ type }) => TEXT_CHUNKS.has(type));
  const ours = chunks.filter((chunk) => keywordOf(chunk) === KEYWORD);
  if (ours.length === 0) throw chunks.every(isIntact) ? withoutScores(file) : damaged(file, TEXT_CHANGED);
  if (!ours.every(isIntact)) throw damaged(file, TEXT_CHANGED);
  const texts = new Set<string>();
  for (const chunk of ours) texts.add(await textOf(chunk, file));
  const [text, another] = texts;
  if (text === undefined || another !== undefined)
    throw damaged(file, 'it holds two texts of scores, which differ');
  return text;
}

const TEXT_CHANGED = 'the text in it isn’t as it was written (its checksum differs)';

/** The keyword of a chunk of text; null for other chunks. */
function keywordOf({ type, data }: PngChunk): string | null {
  if (!TEXT_CHUNKS.has(type)) return null;
  // 79 bytes at most, and a zero.
  const end = data.subarray(0, 80).indexOf(0);
  return end < 0 ? null : String.fromCharCode(...data.subarray(0, end));
}

async function textOf({ type, data }: PngChunk, file: string): Promise<string> {
  const { isCompressed, rest } = partsOf(type, data.subarray(KEYWORD.length + 1), file);
  if (!isCompressed && rest.length > EMBEDDED_LIMITS.text)
    throw tooLarge(file, 'the scores in it are too long a text');
  const bytes = isCompressed ? await inflate(rest, EMBEDDED_LIMITS.text, file) : rest;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    // tEXt and zTXt are Latin-1 (§11.3.3.2), though many write UTF-8 there.
    if (type !== 'iTXt') return new TextDecoder('latin1').decode(bytes);
    throw damaged(file, 'the text in it isn’t UTF-8', cause);
  }
}

/** What follows the keyword in each sort of chunk. */
function partsOf(
  type: string,
  data: Uint8Array<ArrayBuffer>,
  file: string,
): { readonly isCompressed: boolean; readonly rest: Uint8Array<ArrayBuffer> } {
  if (type === 'tEXt') return { isCompressed: false, rest: data };
  const [flag, method] = type === 'zTXt' ? [1, data[0]] : [data[0], data[1]];
  if ((flag !== 0 && flag !== 1) || (flag === 1 && method !== 0))
    throw damaged(file, 'the text in it is compressed in a way that PNG doesn’t have');
  if (type === 'zTXt') return { isCompressed: true, rest: data.subarray(1) };
  // Language and translated keyword end with a zero each.
  const language = data.indexOf(0, 2);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) throw damaged(file, 'the text in it has no beginning');
  return { isCompressed: flag === 1, rest: data.subarray(translated + 1) };
}

function latin1(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
