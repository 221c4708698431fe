// `npm run measure:reading`: from a local file, and from what the browser keeps, to every head's r, each part of it alone, and numpy's
// way from the same bytes. A Llama-2-7b-shaped checkpoint in bfloat16. In headless Chromium with a profile (private windows keep
// their files in memory), all in turns, in random order.
//   --layers N (8: 0.54 GB of Q and K)  --rounds N (7)  --json FILE
//   --tasks a,b  these alone (see readingWorker.ts), without numpy
//   --upload  instead: a layer to WebGPU, raw and turned into float32 first
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { findBrowser } from '../findBrowser.js';
import { isolationHeaders } from '../isolationHeaders.js';
import { llama } from '../largeCheckpoints.js';
import type { Measured, ReadingTask } from './readingWorker.ts';

const { values: options } = parseArgs({
  options: {
    layers: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'string' },
    upload: { type: 'boolean', default: false },
    tasks: { type: 'string' },
  },
});
const chosen = options.tasks?.split(',') as ReadingTask[] | undefined;
const TASKS: readonly ReadingTask[] = chosen
  ? chosen
  : options.upload
    ? ['upload raw', 'upload float32', 'load']
    : ['slices', 'read file', 'read kept', 'compute', 'score file', 'score kept'];
const WORDS: Readonly<Record<string, string>> = {
  slices: 'read a file, one thread, 64 MB slices',
  'read file': 'read a file, as the page does',
  'read kept': 'read what is kept, as the page does',
  compute: 'the kernels alone',
  'score file': 'file → r',
  'score kept': 'kept → r',
  'upload raw': 'a layer’s bytes as they are stored',
  'upload float32': 'made float32 by JavaScript, then sent',
  load: 'our engine: sent raw, scanned, unpacked',
  numpy: 'numpy, file → r, all cores',
};

const folder = mkdtempSync(join(tmpdir(), 'qkscope-reading-'));
const model = llama(folder, Number(options.layers), 'BF16');
const shards = model.files.filter((file: string) => file.endsWith('.safetensors'));
const times: Record<string, Measured[]> = {};

/** ms, or null where there is no python3 with numpy. */
function numpy(): Measured | null {
  const script = join(import.meta.dirname, 'reading.py');
  const { status, stdout } = spawnSync('python3', [script, ...shards], { encoding: 'utf8' });
  return status === 0 ? { ms: Number(stdout), firstMs: null, bytes: 0 } : null;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: { port: 0, headers: isolationHeaders },
  worker: { format: 'es' },
});
await server.listen();
const executablePath = findBrowser();
if (executablePath === null)
  throw new Error('No Chrome or Chromium was found; name one in QKSCOPE_CHROMIUM.');
const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
  executablePath,
  args: ['--enable-unsafe-webgpu'],
});
try {
  const page = await browser.newPage();
  await page.goto(`${server.resolvedUrls!.local[0]}scripts/reading/reading.html`);
  await page.waitForFunction('window.measure !== undefined');
  await page.locator('input').setInputFiles(model.files);
  const measure = (task: ReadingTask) => page.evaluate((of) => window.measure(of), task);
  // Once unmeasured: it fills what is kept, and warms the kernels and the machine's file cache.
  for (const task of TASKS) await measure(task);
  for (let round = 0; round < Number(options.rounds); round++)
    for (const task of shuffled(options.upload || chosen ? TASKS : [...TASKS, 'numpy' as const])) {
      const measured = task === 'numpy' ? numpy() : await measure(task);
      if (measured !== null) times[task] = [...(times[task] ?? []), measured];
    }
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
console.log(
  `${model.name}: ${((model.layerBytes * model.layers) / 1e9).toFixed(2)} GB of Q and K, ${options.rounds} rounds, ms: median, least`,
);
for (const task of [...TASKS, 'numpy']) {
  const ms = (times[task] ?? []).map((one) => one.ms);
  if (ms.length === 0) continue;
  const firsts = times[task]!.flatMap(({ firstMs }) => firstMs ?? []);
  const first = firsts.length === 0 ? '' : `; first heads after ${median(firsts).toFixed(0)}`;
  console.log(
    `${WORDS[task]!.padEnd(40)} ${median(ms).toFixed(0).padStart(6)} ${Math.min(...ms)
      .toFixed(0)
      .padStart(6)}${first}`,
  );
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ model: model.name, times }, null, 1)}\n`);
process.exit(0);
