// `npm test`: every check and every test, the browser included; `npm run test:fast`: types, lint and the quick unit tests.
// Steps of one row run side by side, the rows one after the other. Each step's time is printed; the first row with a failure ends it.
import { spawn } from 'node:child_process';
import { findOrInstallTestBrowser } from './findBrowser.js';
import { installOtherBrowsers } from './otherBrowsers.js';
import { installSlurm } from './slurm.js';

const isFast = process.argv.includes('--fast');
const CHECKS = [
  ['types', 'tsc --noEmit'],
  ['types of the core, without the DOM', 'tsc --noEmit -p tsconfig.core.json'],
  ['lint', 'biome check .'],
  ['dead code', 'knip'],
];
const FAST = [CHECKS, [['quick unit tests', 'vitest run --project unit']]];
const ALL = [
  CHECKS,
  [['unit tests', 'vitest run']],
  [['build', 'vite build']],
  [['size of the first load', 'node scripts/firstLoad.js']],
  [['engine conformance in Chromium', 'vitest run --config vitest.engines.config.ts']],
  // Three browsers often wait for one another; one thread of the fuzzer takes what they leave.
  [
    ['smoke in three browsers', 'vitest run --config vitest.smoke.config.ts'],
    [
      'a minute of broken files',
      'node scripts/runTypeScript.js scripts/fuzz/fuzz.ts --minutes 1 --threads 1 --seed 1',
    ],
  ],
  [['end to end', 'playwright test']],
];

const browser = isFast ? null : findOrInstallTestBrowser();
if (browser !== null) {
  console.log(`Browser for the tests: ${browser}`);
  installOtherBrowsers();
  installSlurm();
}

/** Runs one step; resolves to its exit status, its seconds and, unless it is shown at once, its output. */
function run(command, isShown) {
  const began = Date.now();
  const words = command.split(' ');
  const isScript = words[0] === 'node';
  const [program, args] = isScript ? [process.execPath, words.slice(1)] : ['npx', ['--no-install', ...words]];
  const child = spawn(program, args, {
    stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && !isScript,
    env: browser === null ? process.env : { ...process.env, QKSCOPE_CHROMIUM: browser },
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => output.push(bytes));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) =>
      resolve({
        status: status ?? 1,
        seconds: ((Date.now() - began) / 1000).toFixed(0),
        output: Buffer.concat(output).toString(),
      }),
    );
  });
}

function report(name, { status, seconds }) {
  console.log(`── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
}

for (const row of isFast ? FAST : ALL) {
  const isAlone = row.length === 1;
  // The output of steps side by side stays together, and all of it is shown, so that one run tells every fault.
  const running = row.map(([name, command]) => {
    if (isAlone) console.log(`\n── ${name}: ${command}`);
    return [name, command, run(command, isAlone)];
  });
  let failure = 0;
  for (const [name, command, ending] of running) {
    const done = await ending;
    if (!isAlone) console.log(`\n── ${name}: ${command}`);
    process.stdout.write(done.output);
    report(name, done);
    failure ||= done.status;
  }
  if (failure !== 0) process.exit(failure);
}
