import * as v from 'valibot';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';
import { parseJson, readSmall } from './readJson.ts';

const Index = v.object({
  metadata: v.optional(v.looseObject({ total_size: v.optional(v.unknown()) })),
  weight_map: v.record(v.string(), v.string()),
});

/** What an index of shards (`model.safetensors.index.json`, `pytorch_model.bin.index.json`) tells. */
export interface ShardIndex {
  /** The file that holds each tensor, by its path in the repository. */
  readonly fileOf: ReadonlyMap<string, string>;
  /** Bytes of all tensors, 0 when it doesn't tell. */
  readonly totalBytes: number;
  readonly fetched: number;
}

/** @throws QKError 'index-invalid' */
export async function readShardIndex(
  repo: Repo,
  path: string,
  extensions: readonly string[],
  signal?: AbortSignal,
): Promise<ShardIndex> {
  const bytes = await readSmall(repo, path, signal);
  const parsed = v.safeParse(Index, parseJson(bytes, path, 'index-invalid'));
  if (!parsed.success) {
    throw new QKError('index-invalid', `${path} isn't an index of shards: ${parsed.issues[0].message}.`, {
      where: path,
      hint: 'Its weight_map must map each tensor to a file; get it again.',
    });
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const fileOf = new Map(
    Object.entries(parsed.output.weight_map).map(([name, file]) => [
      name,
      safeShardPath(folder, file, path, extensions),
    ]),
  );
  const total = Number(parsed.output.metadata?.total_size ?? 0);
  return { fileOf, totalBytes: Number.isSafeInteger(total) ? total : 0, fetched: bytes.length };
}

/** A shard's name comes from a file: it must stay inside the repository. */
function safeShardPath(folder: string, file: string, index: string, extensions: readonly string[]): string {
  const decoded = file.replaceAll('%2e', '.').replaceAll('%2E', '.');
  if (
    decoded.split(/[\\/]/).includes('..') ||
    /^[\\/]|^[a-z]+:|\\/i.test(decoded) ||
    !extensions.some((extension) => file.endsWith(`.${extension}`))
  ) {
    throw new QKError(
      'index-invalid',
      `${index} names the shard "${file}", which isn't a .${extensions[0]} file beside it.`,
      { where: index },
    );
  }
  return folder + file;
}
