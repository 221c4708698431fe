// After `vite build`: prints what a first visit fetches of scripts, gzipped, and fails where that is over the limit. Parts of the
// page that aren't shown at first are fetched later (src/ui/app/lazyPanels.ts); an import that pulls one of them in shows here.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Bytes, gzipped as servers do. */
const LIMIT = 145_000;
const DIST = new URL('../dist/', import.meta.url);

/** The scripts that a built page names: its entry, and what that imports. */
export function firstScripts(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  return tags.flatMap((tag) => /\b(?:src|href)="(?:\.\/)?([^"]+\.js)"/.exec(tag)?.[1] ?? []);
}

if (process.argv[1] === import.meta.filename) {
  const names = firstScripts(readFileSync(new URL('index.html', DIST), 'utf8'));
  if (names.length === 0) throw new Error('dist/index.html names no script: run `vite build` first.');
  const sizes = names.map((name) => gzipSync(readFileSync(new URL(name, DIST))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [at, name] of names.entries()) console.log(`${name}: ${(sizes[at] / 1000).toFixed(1)} kB`);
  console.log(
    `First load: ${(total / 1000).toFixed(1)} kB of scripts, gzipped; limit ${LIMIT / 1000} kB: ${total <= LIMIT ? 'within' : 'OVER'}`,
  );
  if (total > LIMIT) process.exitCode = 1;
}
