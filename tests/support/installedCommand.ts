import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli } from '../../scripts/buildCli.js';

const ROOT = join(import.meta.dirname, '../..');

/** Puts the command line, built, into a folder as npm would: `npx qkscope` runs it there. No network is needed. */
export async function installCommand(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const place = join(modules, 'qkscope');
  await buildCli({ types: false, browser: false, outDir: join(place, 'dist-cli') });
  for (const name of ['package.json', 'bin/qkscope.js']) cpSync(join(ROOT, name), join(place, name));
  // `hyparquet` comes with its writer.
  for (const name of ['commander', 'valibot', 'hyparquet-writer', 'hyparquet'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../qkscope/bin/qkscope.js', join(modules, '.bin/qkscope'));
}
