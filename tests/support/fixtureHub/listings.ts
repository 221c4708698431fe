import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LazyFile } from './lazyFile.ts';
import type { FixtureRepo } from './server.ts';

type Files = Readonly<Record<string, LazyFile>>;
type Refusal = readonly [
  status: number,
  code: string | null,
  message: string,
  headers?: Record<string, string>,
];

/** A token whose bearer has been given access to the gated models, and one whose bearer hasn't. */
export const TOKENS = { member: 'hf_member', stranger: 'hf_stranger' } as const;

/** Why the hub doesn't answer; null when it does. Of a gated model only the listing is public. */
export function refusalOf(
  repo: FixtureRepo | undefined,
  request: IncomingMessage,
  isListing: boolean,
): Refusal | null {
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  const challenge = { 'WWW-Authenticate': 'Bearer realm="Authentication required", charset="UTF-8"' };
  if (token !== undefined && token !== TOKENS.member && token !== TOKENS.stranger)
    return [401, null, 'Invalid credentials in Authorization header', challenge];
  if (repo === undefined)
    return token === undefined
      ? [401, null, 'Invalid username or password.', challenge]
      : [404, 'RepoNotFound', 'Repository not found'];
  if (!repo.gated || isListing || token === TOKENS.member) return null;
  const restricted = `Access to model ${repo.id} is restricted`;
  return token === undefined
    ? [
        401,
        'GatedRepo',
        `${restricted}. You must have access to it and be authenticated to access it. Please log in.`,
      ]
    : [
        403,
        'GatedRepo',
        `${restricted} and you are not in the authorized list. Visit https://huggingface.co/${repo.id} to ask for access.`,
      ];
}

/** `GET /api/models/{id}[/revision/{rev}]`, with `blobs` or `expand`. */
export function modelInfo(
  repo: FixtureRepo,
  commit: string,
  files: Files,
  url: URL,
  response: ServerResponse,
): void {
  const expand = url.searchParams.getAll('expand');
  const hasBlobs = url.searchParams.has('blobs');
  if (expand.length > 0 && hasBlobs) return sendJson(response, { error: 'expand excludes blobs' }, 400);
  const all: Record<string, unknown> = {
    id: repo.id,
    modelId: repo.id,
    sha: commit,
    gated: repo.gated ? 'manual' : false,
    ...(repo.createdAt === undefined ? {} : { createdAt: repo.createdAt }),
    library_name: 'transformers',
    config: {},
    siblings: Object.entries(files).map(([rfilename, { size }]) =>
      hasBlobs ? { rfilename, size } : { rfilename },
    ),
  };
  const shown = expand.length === 0 ? all : pick(all, ['id', ...expand]);
  sendJson(response, { _id: 'fixture', ...shown });
}

/** `GET /api/models?…`: search, author, limit, cursor, expand; the next page in Link. */
export function listModels(
  repos: readonly FixtureRepo[],
  commitOf: (id: string, revision: string) => string,
  url: URL,
  hubUrl: string,
  response: ServerResponse,
): void {
  const { searchParams: query } = url;
  const search = (query.get('search') ?? '').toLowerCase();
  const author = query.get('author');
  const found = repos
    .filter(({ id }) => id.toLowerCase().includes(search))
    .filter(({ id }) => author === null || id.startsWith(`${author}/`))
    .map(({ id, gated, revisions }) => ({
      _id: id,
      id,
      sha: commitOf(id, 'main'),
      gated: gated ? 'manual' : false,
      tags: Object.keys(revisions.main ?? {}).some((path) => path.endsWith('.safetensors'))
        ? ['transformers', 'safetensors']
        : ['transformers'],
    }))
    .filter(({ tags }) => query.getAll('filter').every((tag) => tags.includes(tag)));
  if (query.get('sort') === 'id') found.sort((a, b) => (a.id < b.id ? -1 : 1));
  const expand = query.getAll('expand');
  const limit = Number(query.get('limit') ?? 1000);
  sendPage(response, found, limit, url, hubUrl, (entry) =>
    expand.length === 0 ? entry : pick(entry, ['_id', 'id', ...expand]),
  );
}

/** `GET /api/models/{id}/refs`: not in pages; pull requests only where they are asked for. */
export function listRefs(
  { id, revisions, tags = [] }: FixtureRepo,
  commitOf: (id: string, revision: string) => string,
  url: URL,
  response: ServerResponse,
): void {
  const named = Object.keys(revisions).filter((name) => !name.startsWith('refs/'));
  const ref = (kind: string) => (name: string) => ({
    name,
    ref: `refs/${kind}/${name}`,
    targetCommit: commitOf(id, name),
  });
  const pulls = Object.keys(revisions)
    .filter((name) => name.startsWith('refs/pr/'))
    .map((name) => ({ name: name.replace('refs/', ''), ref: name, targetCommit: commitOf(id, name) }));
  sendJson(response, {
    tags: named.filter((name) => tags.includes(name)).map(ref('tags')),
    branches: named.filter((name) => !tags.includes(name)).map(ref('heads')),
    converts: [],
    ...(url.searchParams.get('include_prs') === '1' ? { pullRequests: pulls } : {}),
  });
}

/** `GET /api/models/{id}/tree/{rev}?recursive=true` in pages; without `recursive` the top folder's files only. */
export function listTree(
  files: Files,
  url: URL,
  hubUrl: string,
  pageSize: number,
  response: ServerResponse,
): void {
  const isRecursive = url.searchParams.get('recursive') === 'true';
  const entries = Object.entries(files)
    .filter(([path]) => isRecursive || !path.includes('/'))
    .map(([path, file]) => ({ type: 'file', ...hashesOf(path, file), size: file.size, path }));
  sendPage(response, entries, pageSize, url, hubUrl, (entry) => entry);
}

/** As the hub keeps them: weights in LFS, of whose pointer git has the object; other files in git itself. */
const IN_LFS = /\.(?:safetensors|bin|pt|pth|gguf|onnx|h5|msgpack)$/;
/** Of longer files, which are made up and several GB, the beginning stands for all. */
const HASHED_BYTES = 64 * 2 ** 20;
const hashes = new WeakMap<
  LazyFile,
  { oid: string; lfs?: { oid: string; size: number; pointerSize: number } }
>();

function hashesOf(path: string, file: LazyFile) {
  const known = hashes.get(file);
  if (known !== undefined) return known;
  const bytes = file.read(0, Math.min(file.size, HASHED_BYTES));
  const made = IN_LFS.test(path) ? inLfs(bytes, file.size) : { oid: gitObject(bytes, file.size) };
  hashes.set(file, made);
  return made;
}

function inLfs(bytes: Uint8Array, size: number) {
  const oid = createHash('sha256').update(bytes).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
  return {
    oid: gitObject(new TextEncoder().encode(pointer), pointer.length),
    lfs: { oid, size, pointerSize: pointer.length },
  };
}

function gitObject(bytes: Uint8Array, size: number): string {
  return createHash('sha1').update(`blob ${size}\0`).update(bytes).digest('hex');
}

function sendPage<T>(
  response: ServerResponse,
  entries: readonly T[],
  pageSize: number,
  url: URL,
  hubUrl: string,
  show: (entry: T) => unknown,
): void {
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + pageSize;
  if (end < entries.length) {
    const next = new URL(url.pathname + url.search, hubUrl);
    next.searchParams.set('cursor', String(end));
    response.setHeader('Link', `<${next}>; rel="next"`);
  }
  sendJson(response, entries.slice(start, end).map(show));
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
