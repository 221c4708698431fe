// Reads from the hub's listings which weight files each commit holds, without reading weights.
import * as v from 'valibot';
import type { RetryTools } from '../bytes/retry.ts';
import { isAbort, QKError, toWire, type WireError } from '../errors.ts';
import { readHubJson, readHubPages } from './hubJson.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';
import { type FormatId, listWeightSets, type WeightSet } from './weightSets.ts';

/** The hash of a weight file's content. */
export interface FileHash {
  readonly path: string;
  readonly size: number;
  /** "sha256:…" for a file in LFS, "git:…" (the blob's object id) for one that is stored in git itself. */
  readonly hash: string;
}

/** One set of weights at a revision: the files that decide whether the attention of two revisions is the same. */
export interface HashedWeights {
  /** The index, or the first file (`WeightSet.id`). */
  readonly id: string;
  readonly format: FormatId;
  /** All files of the set; for a sharded one with an index, only the shards that hold Q and K. */
  readonly files: readonly FileHash[];
}

/** The weight files of a commit. */
export interface RevisionFiles {
  readonly commit: string;
  /** The sets of weights, the preferred one first. */
  readonly weights: readonly HashedWeights[];
}

export interface RevisionFilesOptions {
  readonly hubUrl: string;
  readonly repo: string;
  readonly commits: readonly string[];
  /** Names of the tensors that hold Q and K: the shards that hold them decide, or all shards where none is known. */
  readonly tensors: readonly string[];
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
  readonly retry: RetryTools;
}

/** The number of listings that are requested at once. */
const AT_ONCE = 6;

/** The path, size and hash of an entry in the tree API (huggingface.js, `ApiIndexTreeEntry`). */
const TreeEntry = v.object({
  type: v.string(),
  path: v.string(),
  oid: v.string(),
  size: v.number(),
  lfs: v.optional(v.object({ oid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
});
type TreeEntry = v.InferOutput<typeof TreeEntry>;

const ShardIndex = v.object({ weight_map: v.record(v.string(), v.string()) });

/**
 * Reads from the hub's listings which weight files each commit holds: one request per commit (and one for each
 * different shard index), and no byte of a weight. Where the hub limits requests, the remaining commits aren't
 * requested; each is reported as failed.
 * @param onCommit is called once for each commit, in the order in which the responses arrive
 * @throws only an AbortError, when it is cancelled
 */
export async function readRevisionFiles(
  options: RevisionFilesOptions,
  onCommit: (commit: string, files: RevisionFiles | null, error: WireError | null) => void,
  signal?: AbortSignal,
): Promise<void> {
  const waiting = [...new Set(options.commits)];
  const indexes = new Map<string, Promise<Readonly<Record<string, string>>>>();
  /** The reason why no further listing is requested. */
  let refusal: WireError | null = null;
  const work = async () => {
    for (let commit = waiting.shift(); commit !== undefined; commit = waiting.shift()) {
      if (refusal !== null) {
        onCommit(commit, null, refusal);
        continue;
      }
      try {
        onCommit(commit, await readCommit(options, commit, indexes, signal), null);
      } catch (error) {
        if (signal?.aborted || isAbort(error)) throw error;
        const wire = toWire(error);
        // The same refusal would meet every other commit, so no more requests are made.
        if (error instanceof QKError && STOPS.has(error.code)) refusal = wire;
        onCommit(commit, null, wire);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const STOPS: ReadonlySet<QKError['code']> = new Set(['rate-limited', 'network', 'unauthorized', 'gated']);

async function readCommit(
  options: RevisionFilesOptions,
  commit: string,
  indexes: Map<string, Promise<Readonly<Record<string, string>>>>,
  signal: AbortSignal | undefined,
): Promise<RevisionFiles> {
  const hub = options.hubUrl.replace(/\/+$/, '');
  const headers = authorizationFor(hub, options.token);
  const { repo, fetch, retry, tensors } = options;
  const context = {
    where: `${repo}, files at ${commit.slice(0, 7)}`,
    page: `${hub}/${repo}`,
    isSignedIn: 'Authorization' in headers,
  };
  const request = { headers, context, fetch, retry };
  const entries = await readHubPages(
    { ...request, url: treeUrl(hub, repo, commit), entry: TreeEntry },
    signal,
  );
  const files = new Map(entries.filter(({ type }) => type === 'file').map((entry) => [entry.path, entry]));
  const readIndex = (path: string, { oid }: TreeEntry) => {
    const url = `${hub}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
    const known =
      indexes.get(oid) ??
      readHubJson({ ...request, url, schema: ShardIndex }, signal).then(({ weight_map }) => weight_map);
    indexes.set(oid, known);
    return known;
  };
  const weights: HashedWeights[] = [];
  for (const set of listWeightSets([...files.keys()])) {
    const index = set.index === null ? undefined : files.get(set.index);
    const map =
      index === undefined || set.files.length < 2 || tensors.length === 0
        ? null
        : await readIndex(set.index!, index);
    weights.push({
      id: set.id,
      format: set.format,
      files: decidingFiles(set, map, tensors).map((path) => hashOf(files.get(path)!)),
    });
  }
  return { commit, weights };
}

/** Returns the address of a commit's listing, as the report names it. */
export function treeUrl(hub: string, repo: string, commit: string): string {
  return `${hub.replace(/\/+$/, '')}/api/models/${repo}/tree/${commit}?recursive=true&expand=false`;
}

/**
 * Lists the shards that hold one of these tensors, or all shards of the set where the index knows none of the tensors.
 */
function decidingFiles(
  { files, folder }: WeightSet,
  map: Readonly<Record<string, string>> | null,
  tensors: readonly string[],
): readonly string[] {
  if (map === null) return files;
  const shards = new Set(tensors.flatMap((name) => (Object.hasOwn(map, name) ? [folder + map[name]] : [])));
  const deciding = files.filter((path) => shards.has(path));
  return deciding.length > 0 ? deciding : files;
}

function hashOf({ path, size, oid, lfs }: TreeEntry): FileHash {
  return { path, size, hash: lfs === undefined ? `git:${oid}` : `sha256:${lfs.oid}` };
}
