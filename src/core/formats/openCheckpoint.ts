import * as v from 'valibot';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';
import type { Checkpoint, TensorEntry } from './checkpoint.ts';
import { readSafetensors, type SafetensorsFile } from './safetensors.ts';

/** Far above any real config.json or index; a larger one is not what its name says. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
const SHARD = /^(?<stem>.*)[-_](?<index>\d{5})-of-(?<count>\d{5})\.safetensors$/;
/** Other people's names for weights that aren't the model's own (adapters, second sets of the same weights). */
const NOT_THE_MODEL =
  /(^|\/)(adapter_model|consolidated)[^/]*\.safetensors$|(^|\/)(original|onnx|openvino)\//;

const Index = v.object({
  metadata: v.optional(v.looseObject({ total_size: v.optional(v.unknown()) })),
  weight_map: v.record(v.string(), v.string()),
});

export interface OpenedCheckpoint extends Checkpoint {
  /** The headers' bytes, for a fingerprint. */
  readonly headers: readonly Uint8Array[];
}

/**
 * Opens a repository's weights: headers and config.json, no weights. Of several shards only those are opened that hold
 * a tensor that `wants` names.
 */
export async function openCheckpoint(
  repo: Repo,
  wants: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<OpenedCheckpoint> {
  const notes: string[] = [];
  const config = await readConfig(repo, notes, signal);
  const choice = await chooseFiles(repo, wants, notes, signal);
  const tensors = new Map<string, TensorEntry>();
  const files: SafetensorsFile[] = [];
  let openedBytes = 0;
  // Several headers at once: a hub answers each in its own time.
  const opened = await Promise.all(
    choice.files.map(async (path) => {
      const source = await repo.open(path, signal);
      return { path, source, file: await readSafetensors(source, signal) };
    }),
  );
  for (const { path, source, file } of opened) {
    files.push(file);
    openedBytes += source.size;
    for (const tensor of file.tensors) {
      if (tensors.has(tensor.name)) {
        throw new QKError('index-invalid', `Two files hold a tensor named ${tensor.name}.`, {
          where: path,
          hint: 'Drop the shards of one model only.',
        });
      }
      tensors.set(tensor.name, tensor);
    }
  }
  return {
    format: 'safetensors',
    config,
    tensors,
    fileBytes: Math.max(openedBytes, choice.totalBytes),
    headerBytes: choice.fetched + files.reduce((sum, file) => sum + file.fetched, 0),
    headers: files.map((file) => file.header),
    notes,
  };
}

interface FileChoice {
  readonly files: readonly string[];
  /** Bytes of all tensors by the index, 0 when unknown. */
  readonly totalBytes: number;
  readonly fetched: number;
}

async function chooseFiles(
  repo: Repo,
  wants: (name: string) => boolean,
  notes: string[],
  signal?: AbortSignal,
): Promise<FileChoice> {
  const weights = repo.paths.filter((path) => path.endsWith('.safetensors') && !NOT_THE_MODEL.test(path));
  const index =
    repo.paths.find((path) => /(^|\/)model\.safetensors\.index\.json$/.test(path)) ??
    repo.paths.find((path) => path.endsWith('.safetensors.index.json'));
  const main = weights.find((path) => path === 'model.safetensors');
  if (index !== undefined && main === undefined) return chooseShards(repo, index, wants, notes, signal);
  const only = main ?? (weights.length === 1 ? weights[0] : undefined);
  if (only !== undefined) {
    const shard = SHARD.exec(only)?.groups;
    if (shard !== undefined && Number(shard.count) > 1)
      notes.push(`${only} is one of ${Number(shard.count)} shards: only the layers in it are shown.`);
    return { files: [only], totalBytes: 0, fetched: 0 };
  }
  if (weights.length > 1) return { files: shardsWithoutIndex(weights, notes), totalBytes: 0, fetched: 0 };
  throw noWeights(repo);
}

async function chooseShards(
  repo: Repo,
  index: string,
  wants: (name: string) => boolean,
  notes: string[],
  signal?: AbortSignal,
): Promise<FileChoice> {
  const bytes = await readSmall(repo, index, signal);
  const parsed = v.safeParse(Index, parseJson(bytes, index, 'index-invalid'));
  if (!parsed.success) {
    throw new QKError('index-invalid', `${index} isn't an index of shards: ${parsed.issues[0].message}.`, {
      where: index,
      hint: 'Its weight_map must map each tensor to a file; get it again.',
    });
  }
  const folder = index.slice(0, index.lastIndexOf('/') + 1);
  const wanted = new Set(
    Object.entries(parsed.output.weight_map)
      .filter(([name]) => wants(name))
      .map(([, file]) => safeShardPath(folder, file, index)),
  );
  // Nothing known by name: open all, so that the message can say what is there.
  const files =
    wanted.size > 0
      ? [...wanted]
      : [
          ...new Set(
            Object.values(parsed.output.weight_map).map((file) => safeShardPath(folder, file, index)),
          ),
        ];
  const here = files.filter((file) => repo.paths.includes(file));
  const missing = files.filter((file) => !repo.paths.includes(file));
  if (here.length === 0) {
    throw new QKError('file-not-found', `${index} names ${files.length} shards, and none of them is here.`, {
      where: files[0],
      hint: 'Drop the .safetensors files together with the index.',
    });
  }
  if (missing.length > 0)
    notes.push(
      `Not here, so their layers are missing: ${missing.join(', ')}. Drop them together with the others.`,
    );
  const total = Number(parsed.output.metadata?.total_size ?? 0);
  return { files: here, totalBytes: Number.isSafeInteger(total) ? total : 0, fetched: bytes.length };
}

/** A shard's name comes from a file: it must stay inside the repository. */
function safeShardPath(folder: string, file: string, index: string): string {
  const decoded = file.replaceAll('%2e', '.').replaceAll('%2E', '.');
  if (
    decoded.split(/[\\/]/).includes('..') ||
    /^[\\/]|^[a-z]+:|\\/i.test(decoded) ||
    !file.endsWith('.safetensors')
  ) {
    throw new QKError(
      'index-invalid',
      `${index} names the shard "${file}", which isn't a .safetensors file beside it.`,
      { where: index },
    );
  }
  return folder + file;
}

function shardsWithoutIndex(weights: readonly string[], notes: string[]): string[] {
  const groups = weights.map((path) => SHARD.exec(path)?.groups);
  const first = groups[0];
  if (
    first !== undefined &&
    groups.every((group) => group?.stem === first.stem && group?.count === first.count)
  ) {
    const missing = Number(first.count) - weights.length;
    if (missing > 0)
      notes.push(`${missing} of ${Number(first.count)} shards are not here: their layers are missing.`);
    return [...weights];
  }
  throw new QKError(
    'no-weights',
    `There are ${weights.length} safetensors files, and no index says which belong together: ${weights.slice(0, 4).join(', ')}${weights.length > 4 ? ', …' : ''}.`,
    {
      hint: 'Drop one model at a time; shards together with their model.safetensors.index.json.',
    },
  );
}

function noWeights(repo: Repo): QKError {
  const names = repo.paths.slice(0, 4).join(', ');
  return new QKError(
    'no-weights',
    `There is no .safetensors file here${names === '' ? '' : `, only ${names}${repo.paths.length > 4 ? ', …' : ''}`}.`,
    {
      where: repo.identity.id,
      hint: 'QKScope reads safetensors: drop model.safetensors, or the shards with their index.',
    },
  );
}

async function readConfig(
  repo: Repo,
  notes: string[],
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  const path = repo.paths.find((name) => name === 'config.json');
  if (path === undefined) return null;
  try {
    const parsed = v.parse(
      v.record(v.string(), v.unknown()),
      parseJson(await readSmall(repo, path, signal), path, 'config-invalid'),
    );
    return parsed;
  } catch (error) {
    if (!(error instanceof QKError && error.code === 'config-invalid') && !(error instanceof v.ValiError))
      throw error;
    // A broken config loses the config, not the weights: what it would have told is asked for.
    notes.push(
      `config.json couldn't be used: ${error instanceof QKError ? error.message : 'it is not a JSON object.'}`,
    );
    return null;
  }
}

async function readSmall(repo: Repo, path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const source = await repo.open(path, signal);
  if (source.size > MAX_JSON_BYTES) {
    throw new QKError('too-large', `${path} has ${source.size} bytes, far more than such a file needs.`, {
      where: path,
    });
  }
  return source.read(0, source.size, { signal });
}

function parseJson(bytes: Uint8Array, path: string, code: 'index-invalid' | 'config-invalid'): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new QKError(code, `${path} isn't valid JSON.`, {
      where: path,
      hint: 'Get it again from where it came.',
      cause,
    });
  }
}
