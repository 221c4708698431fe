import { createBlobSource } from '../bytes/blobSource.ts';
import type { ByteSource } from '../bytes/byteSource.ts';
import { QKError } from '../errors.ts';
import type { LocalFile, Repo } from './repo.ts';

/** Picked or dropped files as a repository. They are read where they lie and never leave the machine. */
export function createLocalRepo(files: readonly LocalFile[]): Repo {
  if (files.length === 0) {
    throw new QKError('no-weights', 'No file was dropped.', {
      hint: 'Drop a .safetensors file, or a folder that holds one.',
    });
  }
  const root = commonFolder(files.map((file) => file.path));
  const byPath = new Map(files.map((file) => [file.path.slice(root.length), file.blob]));
  const weights = [...byPath.keys()].filter((path) => path.endsWith('.safetensors'));
  return {
    identity: { source: 'local', id: nameOf(root, weights, [...byPath.keys()]), notes: [] },
    paths: [...byPath.keys()],
    async open(path: string): Promise<ByteSource> {
      const blob = byPath.get(path);
      if (blob !== undefined) return createBlobSource(path, blob);
      throw new QKError('file-not-found', `${path} isn't among the dropped files.`, {
        where: path,
        hint: 'Drop it together with the others.',
      });
    },
  };
}

/** A dropped folder names the model; else the one weight file does; else the first file. */
function nameOf(root: string, weights: readonly string[], paths: readonly string[]): string {
  if (root !== '') return root.slice(0, -1).split('/').at(-1) ?? root;
  const only = weights.length === 1 ? weights[0] : (weights[0] ?? paths[0]);
  return only ?? 'local files';
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
