// `npm test`: every check and every test, the browser included. Each step's time is printed; the first failure ends it.
import { spawnSync } from 'node:child_process';
import { findOrInstallBrowser } from './findBrowser.js';

const browser = findOrInstallBrowser();
console.log(`Browser for the tests: ${browser}`);

const STEPS = [
  ['types', 'tsc --noEmit'],
  ['types of the core, without the DOM', 'tsc --noEmit -p tsconfig.core.json'],
  ['lint: layers, import cycles, file length', 'biome check .'],
  ['dead code', 'knip'],
  ['unit tests', 'vitest run'],
  ['build', 'vite build'],
  ['size of the first load', 'node scripts/firstLoad.js'],
  ['engine conformance in Chromium', 'vitest run --config vitest.engines.config.ts'],
  ['end to end', 'playwright test'],
];

for (const [name, command] of STEPS) {
  console.log(`\n── ${name}: ${command}`);
  const began = Date.now();
  const words = command.split(' ');
  const isScript = words[0] === 'node';
  const [program, args] = isScript ? [process.execPath, words.slice(1)] : ['npx', ['--no-install', ...words]];
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32' && !isScript,
    env: { ...process.env, QKSCOPE_CHROMIUM: browser },
  });
  console.log(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(0)} s`,
  );
  if (status !== 0) process.exit(status ?? 1);
}
