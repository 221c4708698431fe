// A result's JSON inside a page of its own: deflated, as base64url, in a script element that holds data (HTML, §4.12.1).
import { fromBase64url, toBase64url } from '../base64url.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { damaged, tooLarge, withoutScores } from './refusals.ts';
import { deflate, inflate } from './zlib.ts';

/** The id of the element that holds the text. */
export const HTML_RESULT_ID = 'qkscope-result';

const ELEMENT = new RegExp(`<script type="text/plain" id="${HTML_RESULT_ID}">([^<]*)</script>`, 'g');

/**
 * Packs a text into letters that no HTML parser, mailer or editor changes.
 * @throws QKError 'too-large' for a text that wouldn't be read back
 */
export async function packHtmlText(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > EMBEDDED_LIMITS.text) throw tooLarge('The file', 'its scores are too long a text');
  return toBase64url(await deflate(bytes));
}

/** Reads a packed text. @throws QKError 'file-damaged', 'too-large' */
export async function unpackHtmlText(packed: string, file: string): Promise<string> {
  const bytes = fromBase64url(packed.trim());
  if (bytes === null) throw damaged(file, 'the text in it isn’t as it was written');
  const inflated = await inflate(bytes, EMBEDDED_LIMITS.text, file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(inflated);
  } catch (cause) {
    throw damaged(file, 'the text in it isn’t UTF-8', cause);
  }
}

/**
 * Reads the JSON text of an HTML file. Nothing else of it is looked at, and none of it is run.
 * @throws QKError 'result-invalid' without such an element, 'file-damaged', 'too-large'
 */
export async function readHtmlText(html: string, file: string): Promise<string> {
  const packed = new Set([...html.matchAll(ELEMENT)].map(([, text]) => text!.trim()));
  const [first, another] = packed;
  if (first === undefined)
    throw html.includes(HTML_RESULT_ID)
      ? damaged(file, 'the text in it is cut off')
      : withoutScores(file, 'page');
  if (another !== undefined) throw damaged(file, 'it holds two texts of scores, which differ');
  return unpackHtmlText(first, file);
}
