#!/usr/bin/env node
// The command line. In a clone it is built when it is first called.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist-cli/qkscope.js', import.meta.url);
if (!existsSync(fileURLToPath(built))) {
  process.stderr.write('qkscope: it is built first, this once.\n');
  const { buildCli } = await import('../scripts/buildCli.js');
  await buildCli({ types: false });
}
await import(built.href);
