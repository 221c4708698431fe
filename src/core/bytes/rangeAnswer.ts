import type { QKError } from '../errors.ts';

/** What was asked for: bytes [begin, end) of a file whose size may be known. */
export interface AskedRange {
  readonly begin: number;
  readonly end: number;
  /** The file's size by an earlier response, or by the listing. */
  readonly size: number | undefined;
}

/** What a response brings, as far as its status and headers say. */
export type RangeAnswer =
  | {
      readonly kind: 'bytes';
      /** Range of the body, end exclusive; it begins before the requested one where the whole file comes. */
      readonly begin: number;
      readonly end: number;
      readonly size: number;
      /** False where only the length says so: the page may not read the header that says which bytes they are. */
      readonly isStated: boolean;
    }
  /** Not the bytes that were asked for, or nothing that says that they are. */
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'no-size' };

/**
 * Reads from its headers which bytes an answer to `Range: bytes=begin-(end − 1)` brings (RFC 9110, 14 and 15.3.7). A
 * partial answer must say which bytes it has, by one whole Content-Range; where a page of another origin may not
 * read that header, the body's length must be that of the range, and the file's size known from elsewhere.
 */
export function readRangeAnswer(response: Response, asked: AskedRange): RangeAnswer {
  const { status, headers } = response;
  const stated = headers.get('Content-Range');
  const length = bodyLength(headers);
  if (status === 416) return emptyFile(stated, asked);
  // No file of a model is a web page.
  if (/^text\/html\b/i.test(headers.get('Content-Type') ?? ''))
    return { kind: 'other', what: 'a web page (text/html), as a proxy or a sign-in page does' };
  if (status !== 206) return wholeFile(length, asked);
  if (/^multipart\//i.test(headers.get('Content-Type') ?? ''))
    return { kind: 'other', what: 'an answer in several parts (multipart/byteranges)' };
  const encoding = headers.get('Content-Encoding');
  if (encoding !== null && encoding !== 'identity')
    return { kind: 'other', what: `a part of the file that was compressed with ${encoding}` };
  if (stated === null) return unstated(response, length, asked);
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(stated);
  if (range === null) return { kind: 'other', what: `“Content-Range: ${stated}”` };
  const [first, last, size] = range.slice(1).map(Number) as [number, number, number];
  if (first !== asked.begin || last < first || last >= size || !Number.isSafeInteger(size))
    return { kind: 'other', what: `bytes ${first} to ${last} of ${size}` };
  if (length !== null && length !== last + 1 - first)
    return { kind: 'other', what: `${length} bytes, which it labelled as bytes ${first} to ${last}` };
  return { kind: 'bytes', begin: first, end: last + 1, size, isStated: true };
}

/**
 * Returns the bytes of the body as they arrive; null where no header says so, or where they are decompressed on the
 * way.
 */
function bodyLength(headers: Headers): number | null {
  const text = headers.get('Content-Length');
  const encoding = headers.get('Content-Encoding');
  return text === null || (encoding !== null && encoding !== 'identity') ? null : Number(text);
}

/** A file without bytes has no range. */
function emptyFile(stated: string | null, { begin, size }: AskedRange): RangeAnswer {
  const total = /^bytes \*\/(\d+)$/.exec(stated ?? '')?.[1];
  if (begin === 0 && Number(total ?? size ?? 0) === 0)
    return { kind: 'bytes', begin: 0, end: 0, size: 0, isStated: true };
  return {
    kind: 'other',
    what: `an error, that there is no such range (HTTP 416${stated === null ? '' : `, ${stated}`})`,
  };
}

function wholeFile(length: number | null, { size = length ?? undefined }: AskedRange): RangeAnswer {
  if (size === undefined || !Number.isSafeInteger(size)) return { kind: 'no-size' };
  // A shorter body may be compressed, where the header that says so may not be read; a longer one can't be this
  // file.
  if (length !== null && length > size)
    return { kind: 'other', what: `a file of ${length} bytes, although the file has ${size}` };
  return { kind: 'bytes', begin: 0, end: size, size, isStated: true };
}

function unstated(response: Response, length: number | null, { begin, end, size }: AskedRange): RangeAnswer {
  // Of the page's own origin every header can be read: what isn't there is missing.
  if (response.type === 'basic')
    return { kind: 'other', what: 'a part of the file without a Content-Range header' };
  if (size === undefined) return { kind: 'no-size' };
  const expected = Math.min(end, size) - begin;
  if (length !== null && length !== expected)
    return { kind: 'other', what: `${length} bytes without a Content-Range header` };
  return { kind: 'bytes', begin, end: begin + expected, size, isStated: false };
}

/** An answer that isn't the bytes that were asked for; its message says what it is. */
export class OtherBytes extends Error {
  /** The error for the user where the answer is the same once more; by default one that says what it is. */
  readonly ifAgain: QKError | undefined;

  constructor(what: string, ifAgain?: QKError) {
    super(what);
    this.ifAgain = ifAgain;
  }
}
