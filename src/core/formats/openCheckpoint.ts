// Opens a repository's chosen weights: the one way from files to a checkpoint.
import { isJsonObject, type JsonObject } from '../jsonValue.ts';
import type { Repo } from '../repos/index.ts';
import type { Checkpoint, TensorEntry, TensorShape } from './checkpoint.ts';
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
import { storedShapes } from './storedShapes.ts';

export interface OpenedCheckpoint extends Checkpoint {
  /** Names of all tensors, including those in shards that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** Every tensor of the model by its shape; null where some headers weren't read, or don't say. */
  readonly shapes: readonly TensorShape[] | null;
  /** The file or index that was read. */
  readonly weights: string;
  /** The adapter_config.json of the adapter beside these weights, or of the one within the dump of a wrapped model. */
  readonly adapterConfig: ReadConfig;
  /** The files of the adapter, where the set has one. */
  readonly adapter: OpenedAdapter | null;
  /** A separate file that describes how the weights are quantised, with its path; null where there is none. */
  readonly sidecar: { readonly config: Readonly<Record<string, unknown>>; readonly where: string } | null;
  /**
   * A sentence about numbers of heads that two configs give differently and that nothing decides between; null where
   * there is none.
   */
  readonly configDoubt: string | null;
  /** The bytes of the headers, which identify the files in a fingerprint. */
  readonly headers: readonly Uint8Array[];
}

/** Files beside config.json in which quantisers describe what they did: AutoGPTQ, AutoAWQ, ModelOpt. */
const QUANTISATION_FILES = ['quantize_config.json', 'quant_config.json', 'hf_quant_config.json'];

/**
 * Opens a repository's chosen weights: headers and config.json, but no weights. Of several shards it opens only those
 * that hold a wanted tensor.
 * @param wants makes the filter of wanted names, once config.json is known
 */
export async function openCheckpoint(
  repo: Repo,
  wants: (config: Checkpoint['config']) => (name: string) => boolean,
  signal?: AbortSignal,
): Promise<OpenedCheckpoint> {
  const set = repo.chosen;
  refuseStages(set);
  const format = formatOf(set.format);
  const found = await findConfig(repo, set, signal);
  const isWanted = wants(found.config);
  const shards = await openShards(repo, set, format, isWanted, signal);
  const { files } = shards;
  const described = files.find(({ file }) => file.config !== undefined);
  const decide = (of: ReadonlyMap<string, TensorEntry>) =>
    decideConfig({
      file: found.config === null || found.path === null ? null : { config: found.config, name: found.path },
      embedded: described === undefined ? null : embeddedConfig(described, set.format === 'gguf'),
      others: found.others,
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
    // A GGUF file needs no config beside it.
    ...(found.fault === null || (described !== undefined && set.format === 'gguf') ? [] : [found.fault]),
    ...(described === undefined ? found.notes : []),
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
    configFault: described === undefined ? found.fault : null,
    configDoubt: decided.doubt,
    tensors,
    names: new Set([...shards.fileOf.keys(), ...files.flatMap(namesIn)]),
    shapes: storedShapes(set, shards),
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
      // The same stored integers represent different weights under other groups or zero points.
      ...configBytes(sidecar.config),
      ...configBytes(quantisationIn(config)),
    ],
    notes,
  };
}

/** Returns the config that a weight file contains. */
function embeddedConfig({ file, path }: OpenedFile, isGguf: boolean) {
  return { config: file.config ?? {}, name: file.configName ?? path, isGguf };
}

function namesOf({ config, name }: DecidedConfig): Pick<Checkpoint, 'config' | 'configName'> {
  return { config, configName: name };
}

/** Returns the quantisation that the metadata of a safetensors file declares. */
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

/** Returns the quantisation that config.json declares. */
function quantisationIn(config: Checkpoint['config']): JsonObject | null {
  const found = config?.quantization_config ?? config?.quantization ?? config?.compression_config;
  return isJsonObject(found) ? found : null;
}

/** An adapter's config scales its weights, so other numbers give another model of the same tensors. */
function configBytes(config: JsonObject | null): Uint8Array[] {
  return config === null ? [] : [new TextEncoder().encode(JSON.stringify(config))];
}
