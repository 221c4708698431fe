import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LazyFile } from './lazyFile.ts';
import type { Faults } from './server.ts';

/** What the hub lets pages read: no Content-Length, no rate limits. */
const EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash';

export function HUB_HEADERS(request: IncomingMessage): [string, string][] {
  return [
    ['Access-Control-Allow-Origin', request.headers.origin ?? 'https://huggingface.co'],
    ['Vary', 'Origin, Accept'],
    ['Access-Control-Expose-Headers', EXPOSED],
    ['Access-Control-Max-Age', '86400'],
    ['X-Request-Id', 'Root=1-fixture'],
    ['RateLimit', '"resolvers";r=2999;t=172'],
    ['RateLimit-Policy', '"fixed window";"resolvers";q=3000;w=300'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
  ];
}

/** The CDN answers any origin: after the redirect it is "null". */
export function fileHeaders(faults: Faults): [string, string][] {
  const exposed = [
    'Accept-Ranges',
    'Content-Range',
    'Content-Type',
    'Content-Disposition',
    'ETag',
    'X-Cache',
  ].filter((name) => !(faults.hideContentRange && name === 'Content-Range'));
  return [
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Expose-Headers', exposed.join(', ')],
    ['Accept-Ranges', 'bytes'],
    ['Cache-Control', 'public, max-age=31536000'],
    ['X-Cache', 'Hit from cloudfront'],
  ];
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: string | null,
  message: string,
  more: Record<string, string> = {},
): void {
  const headers = { ...more, 'X-Error-Message': message, ...(code === null ? {} : { 'X-Error-Code': code }) };
  response
    .writeHead(status, headers)
    .end(code === 'EntryNotFound' ? message : JSON.stringify({ error: message }));
}

/** So much is sent at a time. */
const PIECE_BYTES = 1 << 20;

/** One range of a file, with the faults that are switched on. */
export function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  file: LazyFile,
  faults: Faults,
): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  let [begin, end, status] = [0, file.size, 200];
  if (range !== null && !faults.ignoreRange) {
    begin = Number(range[1]);
    end = range[2] === '' ? file.size : Math.min(file.size, Number(range[2]) + 1);
    status = 206;
    if (begin >= file.size) {
      response.writeHead(416, { 'Content-Range': `bytes */${file.size}` }).end();
      return;
    }
    response.setHeader('Content-Range', `bytes ${begin}-${end - 1}/${file.size}`);
  }
  const isLong = end - begin > 1000;
  const truncated = isLong && (faults.truncate ?? 0) > 0;
  const reset = isLong && !truncated && (faults.reset ?? 0) > 0;
  if (truncated) faults.truncate!--;
  if (reset) faults.reset!--;
  const stopAt = truncated || reset ? begin + Math.floor((end - begin) / 2) : end;
  // Without its length, a truncated body ends as if all were well; a reset breaks the connection.
  response.writeHead(status, truncated ? {} : { 'Content-Length': String(end - begin) });
  let at = begin;
  const next = () => {
    if (response.destroyed) return;
    if (at >= stopAt) {
      if (reset) response.destroy();
      else response.end();
      return;
    }
    const piece = file.read(at, Math.min(stopAt, at + PIECE_BYTES));
    at += piece.length;
    const more = () => (faults.slowMs ? setTimeout(next, faults.slowMs) : next());
    if (response.write(piece)) setImmediate(more);
    else response.once('drain', more);
  };
  next();
}
