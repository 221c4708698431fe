import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalFile } from '../../src/core/index.ts';

/** The files of a folder as a user drops them. */
export function filesOf(folder: string, keep: (name: string) => boolean = () => true): LocalFile[] {
  return readdirSync(folder)
    .filter(keep)
    .map((path) => ({ path, blob: new Blob([readFileSync(join(folder, path))]) }));
}

export function fixture(...path: string[]): string {
  return join(import.meta.dirname, '..', 'fixtures', ...path);
}
