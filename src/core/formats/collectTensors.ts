// Collects the tensors of all files of one model under their names.
import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import type { TensorEntry } from './checkpoint.ts';
import type { OpenedFile } from './openFiles.ts';

export interface CollectedTensors {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly notes: readonly string[];
}

/**
 * Collects the tensors of all files of one model by name. Where several files hold a tensor of the same name, the index
 * decides which one is used. Without an index, such a tensor is refused if it is a wanted one, and otherwise taken from
 * the first file (a tied embedding, a buffer).
 * @throws QKError 'index-invalid' that names the tensor and its files
 */
export function collectTensors(
  files: readonly OpenedFile[],
  fileOf: ReadonlyMap<string, string>,
  wants: (name: string) => boolean,
): CollectedTensors {
  const tensors = new Map<string, TensorEntry>();
  const places = new Map<string, string>();
  const decided: string[] = [];
  for (const { path, file } of files) {
    for (const tensor of file.tensors) {
      const { name } = tensor;
      const before = places.get(name);
      const isNamed = fileOf.get(name) === path;
      if (before !== undefined) {
        const isDecided = isNamed || fileOf.get(name) === before;
        if (!isDecided && wants(name)) throw heldTwice(name, before, path);
        if (isDecided && wants(name)) decided.push(name);
        if (!isNamed) continue;
      }
      places.set(name, path);
      tensors.set(name, tensor);
    }
  }
  const [first] = decided;
  const notes =
    first === undefined
      ? []
      : [
          `${decided.length === 1 ? `${first} is in two shards` : `${decided.length} tensors are in two shards, such as ${first}`}. The copies that the index names were used, from ${listInWords([...new Set(decided.map((name) => places.get(name)!))])}.`,
        ];
  return { tensors, notes };
}

function heldTwice(name: string, one: string, other: string): QKError {
  return new QKError('index-invalid', `${one} and ${other} both hold a tensor named ${name}.`, {
    where: other,
    hint: 'Drop the shards of one model only, together with their index if there is one.',
  });
}
