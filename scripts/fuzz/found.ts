// Inputs on which a parser once failed: kept as files, and read again by a test.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../tests/fixtures/fuzz');
const LIST = join(FOLDER, 'found.json');

export interface Found {
  /** The file beside the list. */
  readonly file: string;
  readonly target: string;
  /** The name of the seed that it was made from: its folder's other files are read with it. */
  readonly seed: string;
  /** What happened when it was found. */
  readonly what: string;
}

export const readFound = (): readonly Found[] =>
  existsSync(LIST) ? JSON.parse(readFileSync(LIST, 'utf8')) : [];
export const bytesOf = ({ file }: Found) => new Uint8Array(readFileSync(join(FOLDER, file)));

/** Keeps an input; @returns its file's path. */
export function keep({
  target,
  seed,
  what,
  bytes,
}: Omit<Found, 'file'> & { readonly bytes: Uint8Array }): string {
  const file = `${target.replace(/\W+/g, '-')}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.bin`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, file), bytes);
  const row: Found = { file, target, seed, what: what.split('\n')[0]!.slice(0, 200) };
  const list = [...readFound().filter((other) => other.file !== file), row];
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`);
  return join(FOLDER, file);
}
