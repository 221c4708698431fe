// Opens the files of an adapter (LoRA, IA³) that lies beside a model.
import type { Repo, WeightSet } from '../repos/index.ts';
import type { TensorEntry } from './checkpoint.ts';
import { formatOf } from './formats.ts';
import { type ReadConfig, readConfig } from './readJson.ts';

/** The headers and config of an adapter beside a model; no weights are read. */
export interface OpenedAdapter {
  /** Path of the adapter's first file. */
  readonly path: string;
  readonly tensors: readonly TensorEntry[];
  readonly headers: readonly Uint8Array[];
  readonly fileBytes: number;
  readonly headerBytes: number;
  readonly notes: readonly string[];
}

export async function openAdapter(repo: Repo, set: WeightSet, signal?: AbortSignal): Promise<OpenedAdapter> {
  const tensors: TensorEntry[] = [];
  const headers: Uint8Array[] = [];
  const notes: string[] = [];
  let [fileBytes, headerBytes] = [0, 0];
  for (const path of set.files) {
    const source = await repo.open(path, signal);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const openBeside = (other: string, abort?: AbortSignal) => repo.open(folder + other, abort);
    const file = await formatOf(set.format).read(source, { openBeside, signal });
    tensors.push(...file.tensors);
    headers.push(file.header);
    notes.push(...(file.notes ?? []));
    fileBytes += source.size;
    headerBytes += file.fetched;
  }
  return { path: set.id, tensors, headers, fileBytes, headerBytes, notes };
}

/** Reads the adapter_config.json beside an adapter, or beside the dump of a wrapped model. */
export function readAdapterConfig(repo: Repo, set: WeightSet, signal?: AbortSignal): Promise<ReadConfig> {
  return readConfig(repo, [`${(set.adapter ?? set).folder}adapter_config.json`], signal);
}
