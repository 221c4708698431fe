import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Faults, OtherRange } from './faults.ts';
import type { LazyFile } from './lazyFile.ts';

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
    const { otherRange } = faults;
    if (otherRange !== undefined && otherRange.times > 0 && begin > 0) {
      otherRange.times--;
      return sendOther(response, file, begin, end, otherRange.how);
    }
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

/** What isn't the range that was asked for, though most of it says so. */
function sendOther(
  response: ServerResponse,
  file: LazyFile,
  begin: number,
  end: number,
  how: OtherRange,
): void {
  const range = (from: number, total: number | '*' = file.size) =>
    response.setHeader('Content-Range', `bytes ${from}-${from + end - begin - 1}/${total}`);
  const bytes = (from: number, more = 0) => Buffer.from(file.read(from, from + end - begin + more));
  if (how === 'unstated' || how === 'shifted unstated' || how === 'multipart')
    response.removeHeader('Content-Range');
  switch (how) {
    case 'unstated':
      return void response.writeHead(206).end(bytes(begin));
    case 'starred':
      response.setHeader('Content-Range', `bytes */${file.size}`);
      return void response.writeHead(206).end(bytes(begin));
    case 'total starred':
      range(begin, '*');
      return void response.writeHead(206).end(bytes(begin));
    case 'shifted':
      range(begin - 7);
      return void response.writeHead(206).end(bytes(begin - 7));
    case 'shifted unstated':
      return void response.writeHead(206).end(bytes(begin - 7));
    case 'multipart': {
      const head = `--b\r\nContent-Range: bytes ${begin}-${end - 1}/${file.size}\r\n\r\n`;
      response.writeHead(206, { 'Content-Type': 'multipart/byteranges; boundary=b' });
      return void response.end(Buffer.concat([Buffer.from(head), bytes(begin), Buffer.from('\r\n--b--')]));
    }
    case 'packed':
      return void response.writeHead(206, { 'Content-Encoding': 'gzip' }).end(gzipSync(bytes(begin)));
    case 'longer':
      return void response.writeHead(206).end(bytes(begin, 5));
    case 'whole':
      response.removeHeader('Content-Range');
      return void response.writeHead(200).end(Buffer.from(file.read(0, file.size)));
    case 'other etag':
      response.setHeader('ETag', '"another"');
      return void response.writeHead(206).end(bytes(begin));
    case 'other size':
      range(begin, file.size + 1);
      return void response.writeHead(206).end(bytes(begin));
    case 'web page':
      response.removeHeader('Content-Range');
      return void response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('<!doctype html><title>Sign in</title>');
    case 'no range':
      response.setHeader('Content-Range', `bytes */${file.size}`);
      return void response.writeHead(416).end();
    default:
      how satisfies never;
  }
}
