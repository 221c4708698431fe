// Presents picked or dropped files as a repository.
import { createBlobSource } from '../bytes/blobSource.ts';
import type { ByteSource } from '../bytes/byteSource.ts';
import type { FileReaders } from '../bytes/fileReaders.ts';
import { QKError } from '../errors.ts';
import { adaptedSets } from './adapterSets.ts';
import { isSidecar } from './fileNames.ts';
import { unpackHubCache } from './hubCache.ts';
import { unreadNotes } from './leftOver.ts';
import type { LocalFile, Repo, WeightChoice } from './repo.ts';
import { isAdapterSet } from './weightPreference.ts';
import { joinSets, listWeightSets, type WeightSet } from './weightSets.ts';

/** Opens dropped files, which may be a hub's local cache folder. @throws QKError 'no-weights' and 'file-not-found' */
export async function openLocalRepo(
  files: readonly LocalFile[],
  weights?: WeightChoice,
  readers?: FileReaders,
): Promise<Repo> {
  // isSidecar would be wrong here: the hub's cache itself lies below a folder .cache.
  const unpacked = await unpackHubCache(files.filter(({ path }) => !/(?:^|\/)(?:\._|\.DS_Store)/.test(path)));
  const repo = createLocalRepo(unpacked.files.length === 0 ? files : unpacked.files, weights, readers);
  const { identity } = repo;
  const notes = [...unpacked.notes, ...identity.notes];
  return { ...repo, identity: { ...identity, id: unpacked.id ?? identity.id, notes } };
}

/** Presents picked or dropped files as a repository. They are read in place and never leave the machine. */
export function createLocalRepo(
  dropped: readonly LocalFile[],
  weights?: WeightChoice,
  readers?: FileReaders,
): Repo {
  if (dropped.length === 0) {
    throw new QKError('no-weights', 'No file was given.', {
      hint: 'Drop a .safetensors, .bin, .pt or .gguf file, or a folder that holds one.',
    });
  }
  const files = dropped.filter(({ path }) => !isSidecar(path));
  if (files.length === 0) throw onlySidecars(dropped[0]!.path);
  const root = commonFolder(files.map((file) => file.path));
  const twice = files.find((file, index) =>
    files.some(({ path }, other) => other < index && path === file.path),
  );
  if (twice !== undefined) throw sameNames(twice.path);
  const byPath = new Map(files.map((file) => [file.path.slice(root.length), file.blob]));
  const paths = [...byPath.keys()];
  const plain = localSets(paths);
  const adapted = adaptedSets(plain, true);
  // One adapter that was dropped with its base is meant to be merged; of several, nothing says which one is meant.
  const sets = adapted.length === 1 ? [...adapted, ...plain] : [...plain, ...adapted];
  const asked =
    weights === undefined
      ? undefined
      : (sets.find(({ id }) => id === weights.path) ??
        plain.find(({ files: of }) => of.includes(weights.path)));
  if (weights !== undefined && asked === undefined)
    throw new QKError('file-not-found', `There is no weight file named ${weights.path} among the files.`, {
      where: weights.path,
      hint: 'Choose other weights, or open the files without naming one.',
    });
  const chosen = asked ?? sets[0];
  if (chosen === undefined) throw noWeights(paths);
  return {
    identity: {
      source: 'local',
      id: nameOf(root, chosen),
      notes: weights === undefined ? unreadNotes(paths, chosen, otherModels(plain, chosen)) : [],
    },
    paths,
    chosen,
    ...(weights === undefined ? {} : { asked: weights.path }),
    weightSets: sets.map((set) => ({ set })),
    async open(path: string): Promise<ByteSource> {
      const blob = byPath.get(path);
      if (blob !== undefined) return createBlobSource(path, blob, readers);
      throw new QKError('file-not-found', `${path} isn't among the files.`, {
        where: path,
        hint: 'Drop it together with the others.',
      });
    },
  };
}

/**
 * Refuses files from two folders that come without their folders' names: nothing says which of them belong together.
 */
function sameNames(path: string): QKError {
  return new QKError(
    'layout-mismatch',
    `Two of the files are named ${path}, and nothing says which other files belong to which.`,
    {
      where: path,
      hint: 'Drop one model’s files, and open the other under “Compare with…”; or drop the two folders that hold them.',
    },
  );
}

/** Lists the other models that could be read; adapters get separate notes. */
function otherModels(sets: readonly WeightSet[], chosen: WeightSet): WeightSet[] {
  return sets.filter((set) => !isAdapterSet(set) && !set.files.some((file) => chosen.files.includes(file)));
}

/**
 * Joins safetensors that were dropped together without an index, which may belong to one model: `separateModels`
 * decides by their headers.
 */
function localSets(paths: readonly string[]): WeightSet[] {
  const sets = listWeightSets(paths);
  const loose = new Map<string, WeightSet[]>();
  for (const set of sets.filter(isSingle)) loose.set(set.folder, [...(loose.get(set.folder) ?? []), set]);
  for (const group of loose.values()) {
    // A file with the library's usual name is a whole model.
    if (group.length < 2 || group.some(({ id }) => /(?:^|\/)(?:model|adapter_model)\.safetensors$/.test(id)))
      continue;
    const at = sets.indexOf(group[0]!);
    sets.splice(at, 1, joinSets(group));
    for (const set of group.slice(1)) sets.splice(sets.indexOf(set), 1);
  }
  return sets;
}

function isSingle({ format, files, index, missing, ranks }: WeightSet): boolean {
  return (
    format === 'safetensors' && files.length === 1 && index === null && missing === 0 && ranks === undefined
  );
}

function onlySidecars(path: string): QKError {
  return new QKError(
    'no-weights',
    `${path} is a file that the operating system created, and it holds no weights.`,
    {
      where: path,
      hint: 'Drop the model’s own file. macOS puts files that begin with “._” beside the real ones on disks of other systems.',
    },
  );
}

function noWeights(paths: readonly string[]): QKError {
  const names = paths.slice(0, 4).join(', ');
  return new QKError(
    'no-weights',
    `There are no weights here${names === '' ? '' : `, only ${names}${paths.length > 4 ? ', …' : ''}`}.`,
    {
      where: paths[0],
      hint: 'Drop weights as .safetensors, PyTorch’s .bin or .pt, .gguf or .onnx files.',
    },
  );
}

/** Names the model after the dropped folder, or else after its one weight file, or the first. */
function nameOf(root: string, { files, id }: WeightSet): string {
  return root === '' ? (files[0] ?? id) : (root.slice(0, -1).split('/').at(-1) ?? root);
}

/** Returns the folder that all paths share: "model/" for ["model/a", "model/b"]; "" where there is none. */
function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  let common = folders[0] ?? '';
  for (const folder of folders) {
    while (!folder.startsWith(common))
      common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  // A device's folder is part of its file's name: it says which slice the file holds.
  return common.replace(/(?:^|(?<=\/))(?:mp|tp)_rank_[\d_]+\/$/, '');
}
