// The library's types: of all declarations that the compiler writes, those that its doors reach.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const IMPORTED = /(?:from|import\()\s*['"](\.[^'"]+)['"]/g;

/**
 * Removes from a folder of declarations what no door reaches.
 * @param {string} folder
 * @param {readonly string[]} doors by their paths in it
 */
export function writeTypes(folder, doors) {
  const reached = new Set();
  const reach = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, to] of readFileSync(path.join(folder, file), 'utf8').matchAll(IMPORTED))
      reach(path.posix.join(path.posix.dirname(file), to.replace(/\.ts$/, '.d.ts')));
  };
  for (const door of doors) reach(door);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const place = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, place).split(path.sep).join('/');
    if (entry.isFile() && !reached.has(name)) rmSync(place);
  }
}
