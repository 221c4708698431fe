import { escapeUnprintable } from '../core/printable.ts';
import type { LocalFile } from '../core/repos/index.ts';

/** Systems have names of 255 bytes at most; a page may make a file of any name and have it dropped. */
const MAX_NAME = 255;

/** Returns files under names that can be shown: what can't be printed stands as its code, and a longer name is cut in its middle. */
export function withReadableNames(files: readonly LocalFile[]): LocalFile[] {
  return files.map((file) => ({ ...file, path: file.path.split('/').map(readable).join('/') }));
}

/** The name's end stays, since it says what the file is. */
function readable(name: string): string {
  const short = name.length <= MAX_NAME ? name : `${name.slice(0, 100)}…${name.slice(-100)}`;
  return escapeUnprintable(short);
}
