// `npm run soak`: what takes too long for `npm test`. Each step's time is printed; all are run, and one failure fails it.
import { spawnSync } from 'node:child_process';

const STEPS = [['fresh starts of Firefox', 'scripts/soak/firefoxStarts.js']];

for (const [name, script] of STEPS) {
  console.log(`\n── ${name}: node ${script}`);
  const began = Date.now();
  const { status } = spawnSync(process.execPath, script.split(' '), { stdio: 'inherit' });
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) process.exitCode = 1;
}
