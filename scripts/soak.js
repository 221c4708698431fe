// `npm run soak`: what takes too long for `npm test`. Each step's time is printed; all are run, and one failure fails it.
//   --part NAMES   some of them alone: npm run soak -- --part network,kills
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { installSlurm } from './slurm.js';

const VITEST = 'node_modules/vitest/vitest.mjs run';
const PLAYWRIGHT = 'node_modules/@playwright/test/cli.js test';
const PARTS = {
  firefox: { title: 'fresh starts of Firefox', script: 'scripts/soak/firefoxStarts.js' },
  witnesses: {
    title: 'variants of all oracle checkpoints, judged by their witnesses',
    script: `${VITEST} tests/unit/core/witness/witness.slow.test.ts`,
  },
  // Its seconds for each property: QKSCOPE_SECONDS (20).
  properties: {
    title: 'all properties, each for seconds rather than for some hundred cases',
    script: `${VITEST} --config scripts/soak/properties.config.ts`,
  },
  network: {
    title: '3000 models’ runs under random faults of the network',
    script: `${VITEST} tests/unit/core/analysis/networkFaults.slow.test.ts`,
  },
  kills: {
    title: '200 maps while network, worker and GPU are killed',
    script: `${PLAYWRIGHT} tests/e2e/killedRuns.spec.ts`,
    needsPage: true,
  },
  monkey: {
    title: '5000 random clicks, keys, drops and resizes',
    script: `${PLAYWRIGHT} tests/e2e/monkey.spec.ts`,
    needsPage: true,
  },
  slurm: {
    title: 'a sweep over 40 checkpoints in the queue of Slurm, with tasks and workers killed',
    script: `${VITEST} tests/unit/cli/slurm.slow.test.ts`,
  },
  nodes: {
    title: 'the command line’s oracles and refusals on Node 22 and 24',
    script: 'scripts/soak/nodeVersions.js',
  },
};

const { values: options } = parseArgs({ options: { part: { type: 'string' } } });
const names = options.part?.split(',') ?? Object.keys(PARTS);
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

/** Runs one step, which finds its part's name in QKSCOPE_SOAK. */
function run(title, script, name) {
  console.log(`\n── ${title}: node ${script}`);
  const began = Date.now();
  const { status } = spawnSync(process.execPath, script.split(' '), {
    stdio: 'inherit',
    env: { ...process.env, QKSCOPE_SOAK: name },
  });
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`── ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) process.exitCode = 1;
}

if (names.some((name) => PARTS[name].needsPage))
  run('the page, built', 'node_modules/vite/bin/vite.js build', '');
if (names.includes('slurm')) installSlurm();
for (const name of names) run(PARTS[name].title, PARTS[name].script, name);
