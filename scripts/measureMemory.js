// `npm run measure:memory`: opens large generated checkpoints in the built page and prints the peak memory that the page's
// process takes for them, beside the bound (three layers' Q and K plus 96 MB). Linux only: it reads /proc.
//   --layers N     layers of the Llama-2-7b-shaped model (32)
//   --engine NAME  wasm (default), ort-wasm, webgpu or reference
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bertLarge, llama } from './largeCheckpoints.js';
import { doneIn, measurePage, openFiles } from './measuredPage.js';

const { values: options } = parseArgs({
  options: { layers: { type: 'string', default: '32' }, engine: { type: 'string', default: 'wasm' } },
});
const MARGIN_BYTES = 96e6;

/** True for a process that this one started, directly or not. */
function isOurs(pid) {
  for (let at = pid; at > 1; ) {
    if (at === process.pid) return true;
    // The second field, the name, is in parentheses and may hold spaces.
    at = Number(
      readFileSync(`/proc/${at}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[1],
    );
  }
  return false;
}

/** Anonymous and shared memory of our browser's renderer processes, bytes. */
function rendererBytes() {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer') || !isOurs(Number(pid)))
        continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      sum += ['RssAnon', 'RssShmem'].reduce(
        (total, key) => total + 1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0),
        0,
      );
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
await measurePage(async ({ folder, open }) => {
  for (const model of [bertLarge(folder), llama(folder, Number(options.layers))]) {
    const { page, close } = await open(options.engine);
    const before = rendererBytes();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, rendererBytes());
    }, 20);
    await openFiles(page, model);
    clearInterval(timer);
    const bound = 3 * model.layerBytes + MARGIN_BYTES;
    console.log(
      `${model.name}: peak ${mb(peak - before)} above the idle page's ${mb(before)}; bound ${mb(bound)} (three layers' Q and K of ${mb(model.layerBytes)}, plus 96 MB): ${peak - before <= bound ? 'within' : 'OVER'}; ${await doneIn(page).textContent()}`,
    );
    if (peak - before > bound) process.exitCode = 1;
    await close();
  }
});
