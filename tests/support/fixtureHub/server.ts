import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { fileHeaders, HUB_HEADERS, sendError, sendRange } from './answers.ts';
import type { Faults } from './faults.ts';
import type { LazyFile } from './lazyFile.ts';
import { listModels, listRefs, listTree, modelInfo, refusalOf } from './listings.ts';
import { answerOAuth } from './oauth.ts';
import { answerFaulty, LOOP } from './plannedFault.ts';

export interface FixtureRepo {
  readonly id: string;
  readonly gated?: boolean;
  /** When the hub says that it was made. */
  readonly createdAt?: unknown;
  /** Revision → its files; each revision is a commit. */
  readonly revisions: Readonly<Record<string, Readonly<Record<string, LazyFile>>>>;
  /** Those of its revisions that are tags; the others are branches. */
  readonly tags?: readonly string[];
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
    const { range, authorization, origin } = request.headers;
    // Logged when it begins, so that clearing the log also forgets what is still being sent.
    hub.log.push({
      server,
      method: request.method ?? '',
      path: url.pathname,
      range: range ?? null,
      authorization: authorization !== undefined,
      origin: origin ?? null,
      get status() {
        return response.statusCode;
      },
      get bytes() {
        return bytes;
      },
    });
    if (request.method !== 'OPTIONS' && meetsFault(server, request, response)) return;
    if (server === 'hub') answerHub(url, request, response);
    else answerCdn(url, request, response);
  }

  /** Has the next planned fault befall a request. Returns true where that answers it. */
  function meetsFault(
    server: LogEntry['server'],
    request: IncomingMessage,
    response: ServerResponse,
  ): boolean {
    const fault = hub.faults.plan?.shift() ?? null;
    if (fault === null) return false;
    if (fault.kind === 'move') hub.faults.mainMovedTo = fault.to;
    else if (fault.kind === 'range') hub.faults.otherRange = { how: fault.how, times: 1 };
    else {
      const headers = server === 'hub' ? HUB_HEADERS(request) : fileHeaders(hub.faults);
      for (const [name, value] of headers) response.setHeader(name, value);
      return answerFaulty(fault, request, response);
    }
    return false;
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
    if (answerOAuth(url, hub.hubUrl, request, response)) return;
    const path = decodeURIComponent(url.pathname).replace(/^\//, '');
    for (const [old, now] of Object.entries(renamed)) {
      const at = new RegExp(`^(api/models/)?${old}(?=/|$)`).exec(path);
      if (at !== null) {
        response.writeHead(307, { Location: url.pathname.replace(old, now) + url.search }).end();
        return;
      }
    }
    if (path === 'api/models') return listModels(repos, commitOf, url, hub.hubUrl, response);
    const refs = /^api\/models\/(?<id>.+?)\/refs$/.exec(path)?.groups;
    const api =
      refs ??
      /^api\/models\/(?<id>.+?)\/(?<kind>revision|tree)\/(?<revision>refs\/pr\/\d+|[^/]+)(?:\/(?<path>.+))?$/.exec(
        path,
      )?.groups ??
      /^api\/models\/(?<id>[^/]+(?:\/[^/]+)?)$/.exec(path)?.groups;
    const file = /^(?<id>.+?)\/resolve\/(?<revision>refs\/pr\/\d+|[^/]+)\/(?<path>.+)$/.exec(path)?.groups;
    const cached = /^api\/resolve-cache\/models\/(?<id>.+?)\/(?<revision>[0-9a-f]{40})\/(?<path>.+)$/.exec(
      path,
    )?.groups;
    const asked = cached ?? api ?? file;
    const repo = repos.find(({ id }) => id === asked?.id);
    const refusal = refusalOf(repo, request, api !== undefined && cached === undefined);
    if (asked === undefined || repo === undefined || refusal !== null)
      return sendError(response, ...refusal!);
    const name = asked.revision === undefined || asked.revision === 'HEAD' ? 'main' : asked.revision;
    const wanted = name === 'main' ? (hub.faults.mainMovedTo ?? name) : name;
    const revision = Object.keys(repo.revisions).find(
      // As the hub does since 2023, by the first digits of a commit (huggingface_hub issue 197).
      (at) => at === wanted || (/^[0-9a-f]{7,40}$/.test(wanted) && commitOf(repo.id, at).startsWith(wanted)),
    );
    if (revision === undefined)
      return sendError(response, 404, 'RevisionNotFound', `Invalid rev id: ${name}`);
    const files = repo.revisions[revision]!;
    const commit = commitOf(repo.id, revision);
    response.setHeader('X-Repo-Commit', commit);
    if (refs !== undefined) return listRefs(repo, commitOf, url, response);
    if (cached === undefined && api !== undefined) {
      if (asked.kind === 'tree') listTree(files, url, hub.hubUrl, hub.faults.treePage ?? 1000, response);
      else modelInfo(repo, commit, files, url, response);
      return;
    }
    const entry = files[asked.path!];
    if (entry === undefined) return sendError(response, 404, 'EntryNotFound', 'Entry not found');
    const sha256 = createHash('sha256').update(`${repo.id}/${commit}/${asked.path}`).digest('hex');
    if (cached !== undefined) return sendSmall(request, response, entry, sha256);
    if (entry.size < LARGE_BYTES) {
      const query = `?${encodeURIComponent(`${path}=`)}&etag=${encodeURIComponent(`"${sha256.slice(0, 40)}"`)}`;
      const Location = `/api/resolve-cache/models/${repo.id}/${commit}/${encodeURI(asked.path!)}${query}`;
      response.writeHead(307, { Location }).end();
      return;
    }
    const linked = {
      'X-Linked-Size': String(entry.size),
      'X-Linked-ETag': `"${sha256}"`,
      'X-Xet-Hash': sha256,
      Link: `<${hub.hubUrl}/api/models/${repo.id}/xet-read-token/${commit}>; rel="xet-auth"`,
      'Accept-Ranges': 'bytes',
    };
    if (hub.faults.xetInfo && request.headers.accept?.includes('application/vnd.xet-fileinfo+json')) {
      response.writeHead(200, { ...linked, 'Content-Type': 'application/vnd.xet-fileinfo+json' });
      response.end(JSON.stringify({ hash: sha256 }));
      return;
    }
    const signature = createHash('sha1').update(`${Math.random()}`).digest('hex');
    signatures.set(signature, { uses: 0, file: entry, path: sha256 });
    const Location = `${hub.cdnUrl}/xet-bridge-us/${sha256}?Signature=${signature}`;
    response.writeHead(302, { ...linked, Location }).end();
  }

  /** A small file: zipped and without its length unless a range is asked for, as the real cache does. */
  function sendSmall(
    request: IncomingMessage,
    response: ServerResponse,
    file: LazyFile,
    sha256: string,
  ): void {
    response.setHeader('ETag', `"${sha256.slice(0, 40)}"`);
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
    // A signature and a token at once are refused; and no token may ever come here.
    if (request.headers.authorization !== undefined)
      return sendError(response, 400, null, 'Only one auth mechanism allowed');
    const signed = signatures.get(url.searchParams.get('Signature') ?? '');
    if (signed === undefined) return sendError(response, 403, null, 'Invalid signature');
    signed.uses++;
    if (take('cdnForbids')) return sendError(response, 403, null, 'Auth failed: invalid range');
    if (hub.faults.expireAfter !== undefined && signed.uses > hub.faults.expireAfter)
      return sendError(response, 403, null, 'Request has expired');
    response.setHeader(
      'ETag',
      hub.faults.changeEtag ? `"${signed.uses}${Math.random()}"` : `"${signed.path}"`,
    );
    sendRange(request, response, signed.file, hub.faults);
  }

  function take(name: 'tooMany' | 'serverError' | 'cdnForbids'): boolean {
    const left = hub.faults[name] ?? 0;
    if (left > 0) hub.faults[name] = left - 1;
    return left > 0;
  }

  /** For tests in another process: the log, and faults as JSON. */
  function control(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (path === LOOP) {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.writeHead(302, { Location: LOOP }).end();
      return;
    }
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
