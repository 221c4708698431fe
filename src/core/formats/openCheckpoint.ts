import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';
import type { WeightSet } from '../repos/weightSets.ts';
import type { Checkpoint, TensorEntry } from './checkpoint.ts';
import type { Format, FormatFile } from './format.ts';
import { formatOf } from './formats.ts';
import { readConfig } from './readJson.ts';
import { readShardIndex } from './shardIndex.ts';

/** Files opened at once: a hub answers each in its own time. */
const AT_ONCE = 8;

export interface OpenedCheckpoint extends Checkpoint {
  /** Names of all tensors, also of those in shards that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** The file or index that was read. */
  readonly weights: string;
  /** adapter_config.json, where the set is an adapter's. */
  readonly adapterConfig: Readonly<Record<string, unknown>> | null;
  /** A file of its own that tells how the weights are quantised, and its path; null without one. */
  readonly sidecar: { readonly config: Readonly<Record<string, unknown>>; readonly where: string } | null;
  /** The headers' bytes, for a fingerprint. */
  readonly headers: readonly Uint8Array[];
}

/** Where quantisers describe what they did, beside config.json: AutoGPTQ, AutoAWQ, ModelOpt. */
const QUANTISATION_FILES = ['quantize_config.json', 'quant_config.json', 'hf_quant_config.json'];

/**
 * Opens a repository's chosen weights: headers and config.json, no weights. Of several shards only those are opened that
 * hold a tensor which is wanted.
 * @param wants which names matter, once config.json is known
 */
export async function openCheckpoint(
  repo: Repo,
  wants: (config: Checkpoint['config']) => (name: string) => boolean,
  signal?: AbortSignal,
): Promise<OpenedCheckpoint> {
  const notes: string[] = [];
  const set = repo.chosen;
  const format = formatOf(set.format);
  const told = await readConfig(
    repo,
    [`${set.folder}config.json`, 'config.json', `${set.folder}params.json`],
    signal,
  );
  if (told.fault !== null) notes.push(told.fault);
  const isWanted = wants(told.config);
  const choice = await chooseFiles(repo, set, format, isWanted, notes, signal);
  const files = await openFiles(repo, format, choice.files, isWanted, signal);
  const tensors = new Map<string, TensorEntry>();
  for (const { path, file } of files) {
    notes.push(...(file.notes ?? []));
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
  const adapter = await readConfig(repo, [`${set.folder}adapter_config.json`], signal);
  if (adapter.fault !== null) notes.push(adapter.fault);
  const beside = QUANTISATION_FILES.flatMap((file) => [set.folder + file, file]);
  const sidecar = await readConfig(repo, [...new Set(beside)], signal);
  if (sidecar.fault !== null) notes.push(sidecar.fault);
  // What a file says of its own weights outweighs a config.json beside it, which may be another file's.
  const telling = files.find(({ file }) => file.config !== undefined);
  const sum = (of: (opened: OpenedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    format: set.format,
    config: telling?.file.config ?? told.config,
    configName:
      telling === undefined
        ? told.config === null
          ? null
          : told.path
        : (telling.file.configName ?? telling.path),
    configFault: telling === undefined ? told.fault : null,
    tensors,
    names: new Set([...choice.names, ...files.flatMap(({ file }) => file.names ?? []), ...tensors.keys()]),
    weights: set.id,
    adapterConfig: adapter.config,
    sidecar:
      sidecar.config === null || sidecar.path === null
        ? null
        : { config: sidecar.config, where: sidecar.path },
    fileBytes: Math.max(
      sum(({ size }) => size),
      choice.totalBytes,
    ),
    headerBytes: choice.fetched + sum(({ file }) => file.fetched),
    headers: files.map(({ file }) => file.header),
    notes,
  };
}

interface OpenedFile {
  readonly path: string;
  readonly size: number;
  readonly file: FormatFile;
}

async function openFiles(
  repo: Repo,
  format: Format,
  paths: readonly string[],
  wants: (name: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = new Array(paths.length);
  let next = 0;
  const openNext = async () => {
    while (next < paths.length) {
      const at = next++;
      const path = paths[at]!;
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const source = await repo.open(path, signal);
      const openBeside = (other: string, abort?: AbortSignal) => repo.open(folder + other, abort);
      const file = await format.read(source, { openBeside, wants, signal });
      opened[at] = { path, size: source.size, file };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, openNext));
  return opened;
}

interface FileChoice {
  readonly files: readonly string[];
  /** By the index. */
  readonly names: Iterable<string>;
  /** Bytes of all tensors by the index, 0 when unknown. */
  readonly totalBytes: number;
  readonly fetched: number;
}

async function chooseFiles(
  repo: Repo,
  set: WeightSet,
  format: Format,
  wants: (name: string) => boolean,
  notes: string[],
  signal?: AbortSignal,
): Promise<FileChoice> {
  if (set.index === null) {
    if (set.missing > 0)
      notes.push(
        set.files.length === 1
          ? `${set.files[0]} is one of ${set.missing + 1} shards: only the layers in it are shown.`
          : `${set.missing} of ${set.files.length + set.missing} shards are not here: their layers are missing.`,
      );
    return { files: set.files, names: [], totalBytes: 0, fetched: 0 };
  }
  const { fileOf, totalBytes, fetched } = await readShardIndex(repo, set.index, format.extensions, signal);
  const wanted = new Set([...fileOf].filter(([name]) => wants(name)).map(([, file]) => file));
  // Nothing known by name: open all, so that the message can say what is there.
  const files = wanted.size > 0 ? [...wanted] : [...new Set(fileOf.values())];
  const here = files.filter((file) => repo.paths.includes(file));
  const missing = files.filter((file) => !repo.paths.includes(file));
  if (here.length === 0) {
    throw new QKError(
      'file-not-found',
      `${set.index} names ${files.length} shards, and none of them is here.`,
      {
        where: files[0],
        hint: `Drop the .${format.extensions[0]} files together with the index.`,
      },
    );
  }
  if (missing.length > 0)
    notes.push(
      `Not here, so their layers are missing: ${missing.join(', ')}. Drop them together with the others.`,
    );
  return { files: here, names: fileOf.keys(), totalBytes, fetched };
}
