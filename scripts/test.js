// `npm test`: every check and every test, the browser included; `npm run test:fast`: types, lint and the quick unit tests.
// Each step's time is printed; the first failure ends it.
import { spawnSync } from 'node:child_process';
import { findOrInstallBrowser } from './findBrowser.js';

const isFast = process.argv.includes('--fast');
const CHECKS = [
  ['types', 'tsc --noEmit'],
  ['types of the core, without the DOM', 'tsc --noEmit -p tsconfig.core.json'],
  ['lint', 'biome check .'],
  ['dead code', 'knip'],
];
const FAST = [...CHECKS, ['quick unit tests', 'vitest run --project unit']];
const ALL = [
  ...CHECKS,
  ['unit tests', 'vitest run'],
  ['build', 'vite build'],
  ['size of the first load', 'node scripts/firstLoad.js'],
  ['engine conformance in Chromium', 'vitest run --config vitest.engines.config.ts'],
  ['end to end', 'playwright test'],
];

const browser = isFast ? null : findOrInstallBrowser();
if (browser !== null) console.log(`Browser for the tests: ${browser}`);

for (const [name, command] of isFast ? FAST : ALL) {
  console.log(`\n── ${name}: ${command}`);
  const began = Date.now();
  const words = command.split(' ');
  const isScript = words[0] === 'node';
  const [program, args] = isScript ? [process.execPath, words.slice(1)] : ['npx', ['--no-install', ...words]];
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32' && !isScript,
    env: browser === null ? process.env : { ...process.env, QKSCOPE_CHROMIUM: browser },
  });
  console.log(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(0)} s`,
  );
  if (status !== 0) process.exit(status ?? 1);
}
