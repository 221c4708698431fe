// Reads the index that says which shard holds which tensor.
import { QKError } from '../errors.ts';
import { isJsonObject } from '../jsonValue.ts';
import type { Repo } from '../repos/index.ts';
import { parseJson, readSmall } from './readJson.ts';

/** A limit several times larger than the largest model; an index with more entries is not what its name says. */
const MAX_TENSORS = 1_000_000;

/** The contents of an index of shards (`model.safetensors.index.json`, `pytorch_model.bin.index.json`). */
export interface ShardIndex {
  /** The file that holds each tensor, by its path in the repository. Empty where the index can't be used. */
  readonly fileOf: ReadonlyMap<string, string>;
  /** Bytes of all tensors; 0 where the index doesn't give them. */
  readonly totalBytes: number;
  readonly fetched: number;
  /** What is wrong with the index, in one sentence; the tensors in the files then decide. */
  readonly fault: string | null;
}

/**
 * Reads an index as one witness among others: entries that name no file are left out and reported.
 * @throws QKError 'index-invalid' where a name leads out of the repository, which no mistake of a writer does;
 * 'too-large'
 */
export async function readShardIndex(
  repo: Repo,
  path: string,
  extensions: readonly string[],
  signal?: AbortSignal,
): Promise<ShardIndex> {
  const bytes = await readSmall(repo, path, signal);
  const unusable = (why: string): ShardIndex => ({
    fileOf: new Map(),
    totalBytes: 0,
    fetched: bytes.length,
    fault: `${path} couldn't be used, because ${why}. The tensors were read from the files that hold them.`,
  });
  let json: unknown;
  try {
    json = parseJson(bytes, path, 'index-invalid');
  } catch (error) {
    if (error instanceof QKError && error.code === 'index-invalid') return unusable('it isn’t valid JSON');
    throw error;
  }
  const { weight_map: map, metadata } = isJsonObject(json) ? json : {};
  if (!isJsonObject(map)) return unusable('it has no weight_map from tensors to files');
  const entries = Object.entries(map);
  if (entries.length > MAX_TENSORS)
    return unusable(`it lists ${entries.length} tensors, more than any model has`);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const fileOf = new Map<string, string>();
  for (const [name, file] of entries) {
    if (typeof file !== 'string') continue;
    assertInside(file, path);
    if (extensions.some((extension) => file.endsWith(`.${extension}`))) fileOf.set(name, folder + file);
  }
  const broken = entries.length - fileOf.size;
  if (fileOf.size === 0 && entries.length > 0) return unusable('its weight_map names no weight files');
  const total = Number(isJsonObject(metadata) ? (metadata.total_size ?? 0) : 0);
  return {
    fileOf,
    totalBytes: Number.isSafeInteger(total) && total > 0 ? total : 0,
    fetched: bytes.length,
    fault:
      broken === 0
        ? null
        : `${broken} of the ${entries.length} entries of ${path} were ignored, because they don’t name a weight file.`,
  };
}

/** Checks that a shard's name, which comes from a file, stays within the repository. */
function assertInside(file: string, index: string): void {
  const decoded = file.replaceAll('%2e', '.').replaceAll('%2E', '.');
  if (!decoded.split(/[\\/]/).includes('..') && !/^[\\/]|^[a-z]+:|\\/i.test(decoded)) return;
  throw new QKError(
    'index-invalid',
    `${index} names the shard "${file.slice(0, 120)}", which isn't a file in its folder.`,
    { where: index, hint: 'Download the index again, or open the shards without it.' },
  );
}
