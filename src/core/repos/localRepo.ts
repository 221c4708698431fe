import { createBlobSource } from '../bytes/blobSource.ts';
import type { ByteSource } from '../bytes/byteSource.ts';
import type { FileReaders } from '../bytes/fileReaders.ts';
import { QKError } from '../errors.ts';
import type { LocalFile, Repo, WeightChoice } from './repo.ts';
import { joinSets, listWeightSets, type WeightSet } from './weightSets.ts';

/** Picked or dropped files as a repository. They are read where they lie and never leave the machine. */
export function createLocalRepo(
  files: readonly LocalFile[],
  weights?: WeightChoice,
  readers?: FileReaders,
): Repo {
  if (files.length === 0) {
    throw new QKError('no-weights', 'No file was dropped.', {
      hint: 'Drop a .safetensors, .bin, .pt or .gguf file, or a folder that holds one.',
    });
  }
  const root = commonFolder(files.map((file) => file.path));
  const byPath = new Map(files.map((file) => [file.path.slice(root.length), file.blob]));
  const paths = [...byPath.keys()];
  const sets = localSets(paths);
  const asked = sets.find(({ id }) => id === weights?.path);
  if (weights !== undefined && asked === undefined)
    throw new QKError('file-not-found', `There are no weights named ${weights.path} among the files.`, {
      where: weights.path,
      hint: 'Choose others, or open the files without naming one.',
    });
  const chosen = asked ?? sets[0];
  if (chosen === undefined) throw noWeights(paths);
  return {
    identity: { source: 'local', id: nameOf(root, chosen), notes: [] },
    paths,
    chosen,
    weightSets: sets.map((set) => ({ set })),
    async open(path: string): Promise<ByteSource> {
      const blob = byPath.get(path);
      if (blob !== undefined) return createBlobSource(path, blob, readers);
      throw new QKError('file-not-found', `${path} isn't among the dropped files.`, {
        where: path,
        hint: 'Drop it together with the others.',
      });
    },
  };
}

/** Safetensors that were dropped together without an index are one model's, as long as no name comes twice. */
function localSets(paths: readonly string[]): WeightSet[] {
  const sets = listWeightSets(paths);
  const loose = sets.filter(
    ({ format, files, index, missing, folder }) =>
      format === 'safetensors' && files.length === 1 && index === null && missing === 0 && folder === '',
  );
  const isOne =
    loose.length > 1 && !loose.some(({ id }) => /^(?:model|adapter_model)\.safetensors$/.test(id));
  return isOne ? [joinSets(loose), ...sets.filter((set) => !loose.includes(set))] : sets;
}

function noWeights(paths: readonly string[]): QKError {
  const names = paths.slice(0, 4).join(', ');
  return new QKError(
    'no-weights',
    `There are no weights here${names === '' ? '' : `, only ${names}${paths.length > 4 ? ', …' : ''}`}.`,
    {
      where: paths[0],
      hint: 'QKScope reads .safetensors, PyTorch .bin and .pt, .gguf, and .onnx files.',
    },
  );
}

/** A dropped folder names the model; else its one weight file, or the first. */
function nameOf(root: string, { files, id }: WeightSet): string {
  return root === '' ? (files[0] ?? id) : (root.slice(0, -1).split('/').at(-1) ?? root);
}

/** "model/" for ["model/a", "model/b"]; "" when there is none. */
function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  let common = folders[0] ?? '';
  for (const folder of folders) {
    while (!folder.startsWith(common))
      common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common;
}
