import { isJsonObject, type JsonObject } from '../jsonValue.ts';
import type { Repo } from '../repos/index.ts';
import type { Checkpoint, TensorEntry } from './checkpoint.ts';
import { collectTensors } from './collectTensors.ts';
import { comfyDeclaration } from './comfyMetadata.ts';
import { type DecidedConfig, decideConfig } from './decideConfig.ts';
import { findConfig } from './findConfig.ts';
import { formatOf } from './formats.ts';
import { joinSlices } from './joinSlices.ts';
import { type OpenedAdapter, openAdapter, readAdapterConfig } from './openAdapter.ts';
import { namesIn, type OpenedFile } from './openFiles.ts';
import { openShards } from './openShards.ts';
import { type ReadConfig, readConfig } from './readJson.ts';
import { refuseSlice, refuseStages } from './refuseSlices.ts';

export interface OpenedCheckpoint extends Checkpoint {
  /** Names of all tensors, also of those in shards that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** The file or index that was read. */
  readonly weights: string;
  /** adapter_config.json of the adapter beside these weights or, in a wrapped model's dump, among them. */
  readonly adapterConfig: ReadConfig;
  /** The adapter's own files, where the set has one. */
  readonly adapter: OpenedAdapter | null;
  /** A file of its own that tells how the weights are quantised, and its path; null without one. */
  readonly sidecar: { readonly config: Readonly<Record<string, unknown>>; readonly where: string } | null;
  /** Numbers of heads that two configs tell otherwise, and nothing decides; null where there are none. */
  readonly configDoubt: string | null;
  /** The headers' bytes, for a fingerprint. */
  readonly headers: readonly Uint8Array[];
}

/** Where quantisers describe what they did, beside config.json: AutoGPTQ, AutoAWQ, ModelOpt. */
const QUANTISATION_FILES = ['quantize_config.json', 'quant_config.json', 'hf_quant_config.json'];

/**
 * Opens a repository's chosen weights: headers and config.json, no weights. Of several shards only those are opened
 * that hold a tensor which is wanted.
 * @param wants which names matter, once config.json is known
 */
export async function openCheckpoint(
  repo: Repo,
  wants: (config: Checkpoint['config']) => (name: string) => boolean,
  signal?: AbortSignal,
): Promise<OpenedCheckpoint> {
  const set = repo.chosen;
  refuseStages(set);
  const format = formatOf(set.format);
  const told = await findConfig(repo, set, signal);
  const isWanted = wants(told.config);
  const shards = await openShards(repo, set, format, isWanted, signal);
  const { files } = shards;
  const telling = files.find(({ file }) => file.config !== undefined);
  const decide = (of: ReadonlyMap<string, TensorEntry>) =>
    decideConfig({
      told: told.config === null || told.path === null ? null : { config: told.config, name: told.path },
      own: telling === undefined ? null : ownConfig(telling, set.format === 'gguf'),
      others: told.others,
      tensors: of,
      wants: isWanted,
    });
  const collected =
    set.ranks === undefined
      ? collectTensors(files, shards.fileOf, isWanted)
      : await joinSlices(files, { set, ...namesOf(decide(new Map())), wants: isWanted, signal });
  const { tensors } = collected;
  const decided = decide(tensors);
  const { config, configName } = namesOf(decided);
  if (set.ranks === undefined) refuseSlice(tensors, isWanted, set, config, configName);
  const notes = [
    ...(telling === undefined ? [...(told.fault === null ? [] : [told.fault]), ...told.notes] : []),
    ...decided.notes,
    ...shards.notes,
    ...files.flatMap(({ file }) => file.notes ?? []),
    ...collected.notes,
  ];
  const adapterConfig = await readAdapterConfig(repo, set, signal);
  if (adapterConfig.fault !== null) notes.push(adapterConfig.fault);
  const adapter = set.adapter === undefined ? null : await openAdapter(repo, set.adapter, signal);
  notes.push(...(adapter?.notes ?? []));
  const beside = QUANTISATION_FILES.flatMap((file) => [set.folder + file, file]);
  const sidecar = await readConfig(repo, [...new Set(beside)], signal);
  if (sidecar.fault !== null) notes.push(sidecar.fault);
  const sum = (of: (opened: (typeof files)[number]) => number) =>
    files.reduce((total, file) => total + of(file), 0);
  return {
    format: set.format,
    config,
    configName,
    configFault: telling === undefined ? told.fault : null,
    configDoubt: decided.doubt,
    tensors,
    names: new Set([...shards.fileOf.keys(), ...files.flatMap(namesIn)]),
    weights: set.id,
    adapterConfig,
    adapter,
    sidecar:
      sidecar.config === null || sidecar.path === null
        ? declaredInside(files, set.format)
        : { config: sidecar.config, where: sidecar.path },
    fileBytes:
      Math.max(
        sum(({ size }) => size),
        shards.totalBytes,
      ) + (adapter?.fileBytes ?? 0),
    headerBytes: shards.fetched + sum(({ file }) => file.fetched) + (adapter?.headerBytes ?? 0),
    headers: [
      ...files.map(({ file }) => file.header),
      ...(adapter?.headers ?? []),
      ...configBytes(adapterConfig.config),
      // The same integers stand for other weights under other groups or zero points.
      ...configBytes(sidecar.config),
      ...configBytes(quantisationIn(config)),
    ],
    notes,
  };
}

/** What a weight file says of its own model. */
function ownConfig({ file, path }: OpenedFile, isGguf: boolean) {
  return { config: file.config ?? {}, name: file.configName ?? path, isGguf };
}

function namesOf({ config, name }: DecidedConfig): Pick<Checkpoint, 'config' | 'configName'> {
  return { config, configName: name };
}

/** What a safetensors file's own metadata says of its quantisation. */
function declaredInside(
  files: readonly OpenedFile[],
  format: Checkpoint['format'],
): OpenedCheckpoint['sidecar'] {
  if (format !== 'safetensors') return null;
  for (const { file, path } of files) {
    const config = comfyDeclaration(file.header);
    if (config !== null) return { config, where: `${path}'s metadata` };
  }
  return null;
}

/** What config.json itself says of the weights' quantisation. */
function quantisationIn(config: Checkpoint['config']): JsonObject | null {
  const told = config?.quantization_config ?? config?.quantization ?? config?.compression_config;
  return isJsonObject(told) ? told : null;
}

/** An adapter's config scales its weights: other numbers make another model of the same tensors. */
function configBytes(config: JsonObject | null): Uint8Array[] {
  return config === null ? [] : [new TextEncoder().encode(JSON.stringify(config))];
}
