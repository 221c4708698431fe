// `npm run soak`: what takes too long for `npm test`. Each step's time is printed; all are run, and one failure fails it.
import { spawnSync } from 'node:child_process';

const STEPS = [
  ['fresh starts of Firefox', 'scripts/soak/firefoxStarts.js'],
  [
    'variants of all oracle checkpoints, judged by their witnesses',
    'node_modules/vitest/vitest.mjs run tests/unit/core/witness/witness.slow.test.ts',
    { QKSCOPE_SOAK: 'witnesses' },
  ],
  [
    '3000 models’ runs under random faults of the network',
    'node_modules/vitest/vitest.mjs run tests/unit/core/analysis/networkFaults.slow.test.ts',
    { QKSCOPE_SOAK: 'network' },
  ],
  ['the page, built', 'node_modules/vite/bin/vite.js build'],
  [
    '200 maps while network, worker and GPU are killed',
    'node_modules/@playwright/test/cli.js test tests/e2e/killedRuns.spec.ts',
    { QKSCOPE_SOAK: 'kills' },
  ],
];

for (const [name, script, settings] of STEPS) {
  console.log(`\n── ${name}: node ${script}`);
  const began = Date.now();
  const { status } = spawnSync(process.execPath, script.split(' '), {
    stdio: 'inherit',
    env: { ...process.env, ...settings },
  });
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) process.exitCode = 1;
}
