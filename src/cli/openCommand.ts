// qkscope open: the page, served on this machine alone.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { loadResultFiles } from '../core/embedded/index.ts';
import { QKError } from '../core/errors.ts';
import { localBlob, pageFolder } from '../node/index.ts';
import { EXIT } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** Where the page looks for what it is to open (src/webApp/servedResult.ts). */
const SERVED = 'opened/result.qkscope.json';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
};

/** Serves the page until the process is stopped; the address goes to stdout. */
export async function openCommand(
  terminal: Terminal,
  result: string | undefined,
  { port }: { readonly port: number },
): Promise<number> {
  const folder = await pageFolder();
  let text: string | null = null;
  if (result !== undefined) {
    const { readResultFile } = await loadResultFiles();
    ({ text } = await readResultFile({ path: result, blob: await localBlob(result) }));
  }
  const headers = await pageHeaders(folder);
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = decodeURIComponent(pathname).replace(/^\/+/, '') || 'index.html';
    for (const [header, value] of headers) response.setHeader(header, value);
    response.setHeader('Content-Type', TYPES[path.extname(name).slice(1)] ?? 'application/octet-stream');
    if (name === SERVED && text !== null) {
      response.end(text);
      return;
    }
    const place = path.join(folder, name);
    const found = place.startsWith(folder) ? await stat(place).catch(() => null) : null;
    if (!found?.isFile()) response.writeHead(404).end();
    else {
      response.setHeader('Content-Length', found.size);
      createReadStream(place).pipe(response);
    }
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(refusedPort(port, cause)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? address.port : port;
  terminal.out(`http://127.0.0.1:${at}/${text === null ? '' : `?open=${path.basename(SERVED)}`}\n`);
  terminal.err('Ctrl-C ends it.\n');
  await new Promise<void>((resolve) => terminal.signal.addEventListener('abort', () => resolve()));
  server.closeAllConnections();
  server.close();
  return EXIT.done;
}

/** The headers that the page's host is to send with every file, as the build wrote them down for hosts (`_headers`). */
async function pageHeaders(folder: string): Promise<[string, string][]> {
  const text = await readFile(path.join(folder, '_headers'), 'utf8');
  const [, forAll = ''] = /^\/\*\n((?: +.+\n?)+)/m.exec(text) ?? [];
  return [...forAll.matchAll(/^ +([\w-]+): (.+)$/gm)].map(([, name = '', value = '']) => [name, value]);
}

function refusedPort(port: number, cause: Error): QKError {
  return new QKError('internal', `The page can't be served on port ${port}: ${cause.message}`, {
    hint: 'Take another one: --port 4174.',
    cause,
  });
}
