// A static host on a port of its own, for tests: it serves the built page from any folder, with the headers that such a host sends.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

type Headers = Readonly<Record<string, string>>;

export interface HostOptions {
  /** Folder that is served. */
  readonly root: string;
  /** Where on the host it lies: begins and ends with a slash. */
  readonly prefix?: string;
  /** Headers of the host's own for a path, which begins with a slash. */
  readonly headersFor?: (path: string) => Headers;
  /** Text that stands in place of a file, by its path in the folder; may be changed while the host runs. */
  readonly replaced?: Map<string, string>;
}

export interface Host {
  /** The page's address. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requested: string[];
  /** Bodies that were posted to any path: what browsers report. */
  readonly posted: string[];
  /** Ends all connections: whoever asks then finds no server. */
  close(): Promise<void>;
}

export async function startHost({
  root,
  prefix = '/',
  headersFor = () => ({}),
  replaced,
}: HostOptions): Promise<Host> {
  const requested: string[] = [];
  const posted: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const body: Buffer[] = [];
      request.on('data', (bytes: Buffer) => body.push(bytes));
      request.on('end', () => {
        posted.push(Buffer.concat(body).toString('utf8'));
        response.writeHead(204).end();
      });
      return;
    }
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    requested.push(path);
    const name = path.startsWith(prefix) ? path.slice(prefix.length) || 'index.html' : null;
    const body =
      name === null || name.includes('..') ? null : (replaced?.get(name) ?? fileOf(join(root, name)));
    if (name === null || body === null) {
      response.writeHead(404).end('not found');
      return;
    }
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    response
      .writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=600', ...headersFor(path) })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${prefix}`,
    requested,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fileOf(path: string): Buffer | null {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null;
}

/** The headers that a Space sends: `custom_headers` in the front matter of its README. */
export function spaceHeaders(readme: string): Headers {
  const [, frontMatter = ''] = /^---\n([\s\S]*?)\n---\n/.exec(readme) ?? [];
  const [, block = ''] = /^custom_headers:\n((?: +.+\n?)+)/m.exec(frontMatter) ?? [];
  return Object.fromEntries(
    [...block.matchAll(/^ +([\w-]+): *(.+)$/gm)].map(([, name, value]) => [name!, value!]),
  );
}

/** What `_headers` gives a path: all rules that fit, `*` at a rule's end standing for anything. */
export function headersOfRules(text: string): (path: string) => Headers {
  const rules: { start: string; isPrefix: boolean; headers: Record<string, string> }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, value] = /^\s+([\w-]+): (.+)$/.exec(line) ?? [];
    if (name !== undefined) rules.at(-1)!.headers[name] = value!;
    else rules.push({ start: line.replace(/\*$/, ''), isPrefix: line.endsWith('*'), headers: {} });
  }
  return (path) =>
    Object.assign(
      {},
      ...rules
        .filter(({ start, isPrefix }) => (isPrefix ? path.startsWith(start) : path === start))
        .map(({ headers }) => headers),
    );
}
