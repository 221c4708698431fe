import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { fileHeaders, HUB_HEADERS, sendError, sendRange } from './answers.ts';
import type { LazyFile } from './lazyFile.ts';

export interface FixtureRepo {
  readonly id: string;
  readonly gated?: boolean;
  /** Revision → its files; each revision is a commit. */
  readonly revisions: Readonly<Record<string, Readonly<Record<string, LazyFile>>>>;
}

/** What may go wrong. Numbers count down: so many requests are answered so. */
export interface Faults {
  ignoreRange?: boolean;
  truncate?: number;
  reset?: number;
  slowMs?: number;
  /** Signed URLs are refused after this many uses. */
  expireAfter?: number;
  hideContentRange?: boolean;
  changeEtag?: boolean;
  tooMany?: number;
  serverError?: number;
  cdnOptions?: boolean;
}

export interface LogEntry {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly authorization: boolean;
  readonly origin: string | null;
  readonly status: number;
  readonly bytes: number;
}

export interface FixtureHub {
  readonly hubUrl: string;
  readonly cdnUrl: string;
  readonly log: LogEntry[];
  faults: Faults;
  close(): Promise<void>;
}

/** Files at least this long lie on the CDN, as LFS files do; smaller ones are served by the hub. */
const LARGE_BYTES = 50_000;

export const commitOf = (id: string, revision: string) =>
  createHash('sha1').update(`${id}@${revision}`).digest('hex');

/** The hub and its CDN on two ports: two origins, which behave as the real ones do towards a browser. */
export async function startFixtureHub(
  repos: readonly FixtureRepo[],
  renamed: Readonly<Record<string, string>> = {},
  ports: { hub?: number; cdn?: number } = {},
): Promise<FixtureHub> {
  const signatures = new Map<string, { uses: number; file: LazyFile; path: string }>();
  const hub: FixtureHub = { hubUrl: '', cdnUrl: '', log: [], faults: {}, close };
  const servers = [
    createServer((request, response) => answer('hub', request, response)),
    createServer((request, response) => answer('cdn', request, response)),
  ];
  const [hubPort, cdnPort] = await Promise.all(
    servers.map((server, at) => listen(server, [ports.hub, ports.cdn][at] ?? 0)),
  );
  Object.assign(hub, { hubUrl: `http://localhost:${hubPort}`, cdnUrl: `http://localhost:${cdnPort}` });
  return hub;

  function answer(server: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/__')) return control(url.pathname, request, response);
    let bytes = 0;
    const write = response.write.bind(response);
    const end = response.end.bind(response);
    response.write = ((chunk: Uint8Array) => {
      bytes += chunk.length;
      return write(chunk);
    }) as typeof response.write;
    response.end = ((chunk?: Uint8Array | string) => {
      bytes += chunk?.length ?? 0;
      return chunk === undefined ? end() : end(chunk);
    }) as typeof response.end;
    response.on('close', () => {
      const { range, authorization, origin } = request.headers;
      hub.log.push({
        server,
        method: request.method ?? '',
        path: url.pathname,
        range: range ?? null,
        authorization: authorization !== undefined,
        origin: origin ?? null,
        status: response.statusCode,
        bytes,
      });
    });
    if (server === 'hub') answerHub(url, request, response);
    else answerCdn(url, request, response);
  }

  function answerHub(url: URL, request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of HUB_HEADERS(request)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET');
      response.setHeader(
        'Access-Control-Allow-Headers',
        request.headers['access-control-request-headers'] ?? '',
      );
      response.writeHead(200).end();
      return;
    }
    if (take('tooMany')) return sendError(response, 429, null, 'Too Many Requests');
    if (take('serverError')) return sendError(response, 503, null, 'Service Unavailable');
    const path = decodeURIComponent(url.pathname).replace(/^\//, '');
    for (const [old, now] of Object.entries(renamed)) {
      const at = new RegExp(`^(api/models/)?${old}(?=/)`).exec(path);
      if (at !== null) {
        response.writeHead(307, { Location: url.pathname.replace(old, now) + url.search }).end();
        return;
      }
    }
    const api = /^api\/models\/(?<id>.+?)\/revision\/(?<revision>.+)$/.exec(path)?.groups;
    const file = /^(?<id>.+?)\/resolve\/(?<revision>refs\/pr\/\d+|[^/]+)\/(?<path>.+)$/.exec(path)?.groups;
    const cached = /^api\/resolve-cache\/models\/(?<id>.+?)\/(?<revision>[0-9a-f]{40})\/(?<path>.+)$/.exec(
      path,
    )?.groups;
    const asked = api ?? file ?? cached;
    const repo = repos.find(({ id }) => id === asked?.id);
    if (asked === undefined || repo === undefined)
      return sendError(response, 401, null, 'Invalid username or password.', {
        'WWW-Authenticate': 'Bearer realm="Authentication required", charset="UTF-8"',
      });
    const revision = Object.keys(repo.revisions).find(
      (name) => name === asked.revision || commitOf(repo.id, name) === asked.revision,
    );
    if (revision === undefined)
      return sendError(response, 404, 'RevisionNotFound', `Invalid rev id: ${asked.revision}`);
    const files = repo.revisions[revision]!;
    const commit = commitOf(repo.id, revision);
    response.setHeader('X-Repo-Commit', commit);
    if (api !== undefined) {
      const siblings = Object.entries(files).map(([rfilename, { size }]) =>
        url.searchParams.has('blobs') ? { rfilename, size } : { rfilename },
      );
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({
          id: repo.id,
          modelId: repo.id,
          sha: commit,
          gated: repo.gated ? 'manual' : false,
          siblings,
        }),
      );
      return;
    }
    if (repo.gated)
      return sendError(
        response,
        401,
        'GatedRepo',
        `Access to model ${repo.id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
      );
    const entry = files[asked.path!];
    if (entry === undefined) return sendError(response, 404, 'EntryNotFound', 'Entry not found');
    if (cached !== undefined) return sendSmall(request, response, entry);
    if (entry.size < LARGE_BYTES) {
      response
        .writeHead(307, { Location: `/api/resolve-cache/models/${repo.id}/${commit}/${asked.path}` })
        .end();
      return;
    }
    const signature = createHash('sha1').update(`${Math.random()}`).digest('hex');
    signatures.set(signature, { uses: 0, file: entry, path: `${repo.id}/${asked.path}` });
    response
      .writeHead(302, {
        Location: `${hub.cdnUrl}/${repo.id}/${asked.path}?Signature=${signature}`,
        'X-Linked-Size': String(entry.size),
        'Accept-Ranges': 'bytes',
      })
      .end();
  }

  /** A small file: zipped and without its length unless a range is asked for, as the real cache does. */
  function sendSmall(request: IncomingMessage, response: ServerResponse, file: LazyFile): void {
    response.setHeader('ETag', '"small"');
    if (request.headers.range !== undefined) return sendRange(request, response, file, hub.faults);
    response
      .writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
      .end(gzipSync(file.read(0, file.size)));
  }

  function answerCdn(url: URL, request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of fileHeaders(hub.faults)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') {
      response.writeHead(hub.faults.cdnOptions ? 200 : 403).end();
      return;
    }
    const signed = signatures.get(url.searchParams.get('Signature') ?? '');
    if (signed === undefined) return sendError(response, 403, null, 'Invalid signature');
    signed.uses++;
    if (hub.faults.expireAfter !== undefined && signed.uses > hub.faults.expireAfter)
      return sendError(response, 403, null, 'Request has expired');
    response.setHeader(
      'ETag',
      hub.faults.changeEtag ? `"${signed.uses}${Math.random()}"` : `"${signed.path}"`,
    );
    sendRange(request, response, signed.file, hub.faults);
  }

  function take(name: 'tooMany' | 'serverError'): boolean {
    const left = hub.faults[name] ?? 0;
    if (left > 0) hub.faults[name] = left - 1;
    return left > 0;
  }

  /** For tests in another process: the log, and faults as JSON. */
  function control(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (path === '/__log') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(hub.log));
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      hub.faults = JSON.parse(body || '{}') as Faults;
      hub.log.length = 0;
      response.end('ok');
    });
  }

  async function close(): Promise<void> {
    await Promise.all(
      servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve) =>
    server.listen(port, 'localhost', () => resolve((server.address() as AddressInfo).port)),
  );
}
