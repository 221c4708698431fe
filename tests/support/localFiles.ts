import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LocalFile } from '../../src/core/repos/repo.ts';

/** The files of a folder as a user drops them. */
export function filesOf(folder: string, keep: (name: string) => boolean = () => true): LocalFile[] {
  return readdirSync(folder)
    .filter(keep)
    .map((path) => ({ path, blob: new Blob([readFileSync(join(folder, path))]) }));
}

export function fixture(...path: string[]): string {
  return join(import.meta.dirname, '..', 'fixtures', ...path);
}

/** The files below a folder, as a browser names those of a dropped one: by their paths from it. */
export function filesBelow(folder: string): LocalFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: relative(folder, path).replaceAll('\\', '/'),
      blob: new Blob([readFileSync(path)]),
    }));
}
