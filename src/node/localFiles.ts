// The files of a model on disk, as a browser gives those of a dropped file or folder.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { QKError } from '../core/errors.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import { refused } from '../library/checkOptions.ts';
import { DiskBlob } from './diskBlob.ts';

type LocalChoice = Extract<ModelChoice, { kind: 'local' }>;

/** No model's folder is deeper, and a link that leads back into its own folder would be followed for ever. */
const MAX_DEPTH = 12;
const MAX_FILES = 200_000;
/** Large, and no model's. */
const SKIPPED = new Set(['.git', 'node_modules', '.venv']);

/**
 * Names the model at a path: all that is in a folder, or one file with what lies beside it (config.json, the other
 * shards). Links are followed, as the snapshots of the hub's local cache are made of them.
 * @returns null where nothing is there
 */
export async function localChoice(place: string): Promise<LocalChoice | null> {
  const found = await stat(place).catch(() => null);
  if (found === null) return null;
  const whole = path.resolve(place);
  if (found.isDirectory()) {
    const name = path.basename(whole);
    return { kind: 'local', files: await filesBelow(whole, name === '' ? 'root' : name) };
  }
  const files = await filesBelow(path.dirname(whole), '', 0);
  return { kind: 'local', files, weights: { path: path.basename(whole) } };
}

async function filesBelow(folder: string, name: string, depth = MAX_DEPTH): Promise<LocalChoice['files']> {
  const files: LocalChoice['files'][number][] = [];
  const walk = async (place: string, prefix: string, left: number): Promise<void> => {
    // Sorted, so that the same folder reads the same everywhere.
    const entries = (await readdir(place, { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    for (const entry of entries) {
      const at = path.join(place, entry.name);
      // A link may lead nowhere: then there is no such file.
      const found = await stat(at).catch(() => null);
      if (found?.isDirectory()) {
        if (left > 0 && !SKIPPED.has(entry.name)) await walk(at, `${prefix}${entry.name}/`, left - 1);
      } else if (found?.isFile()) files.push({ path: prefix + entry.name, blob: new DiskBlob(at, found) });
      if (files.length > MAX_FILES)
        throw new QKError('no-weights', `${folder} holds more than ${MAX_FILES} files.`, {
          where: folder,
          hint: 'Name the folder of one model.',
        });
    }
  };
  await walk(folder, name === '' ? '' : `${name}/`, depth);
  return files;
}

/** A file on disk as a Blob. @throws QKError 'file-not-found' */
export async function localBlob(place: string): Promise<Blob> {
  if (typeof place !== 'string') throw refused('A file', place, 'its path');
  const found = await stat(place).catch(() => null);
  if (found?.isFile()) return new DiskBlob(place, found);
  const why = found?.isDirectory() ? 'is a folder' : 'isn’t a plain file: it may be a pipe or a device';
  throw new QKError('file-not-found', found === null ? `There is no file ${place}.` : `${place} ${why}.`, {
    where: place,
    hint: 'Name a file that is there.',
  });
}
