// `npm run measure:reading`: how long the built page takes from a local file to every head's r, beside reading alone and numpy.
// A Llama-2-7b-shaped checkpoint in bfloat16, 8 layers (0.54 GB of Q and K), in turns:
//   page           the page itself: read and scored by the wasm engine
//   read, 1 worker a worker that slices 64 MB at a time and does nothing else
//   numpy          reads the same bytes, one symmetric product a head, all cores
//   --layers N (8)  --rounds N (5)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { findOrInstallBrowser } from './findBrowser.js';
import { llama } from './largeCheckpoints.js';

const { values: options } = parseArgs({
  options: { layers: { type: 'string', default: '8' }, rounds: { type: 'string', default: '5' } },
});
const folder = mkdtempSync(join(tmpdir(), 'qkscope-reading-'));
const model = llama(folder, Number(options.layers), 'BF16');
const shards = model.files.filter((file) => file.endsWith('.safetensors'));

/** In a page: the [begin, end) of every Q and K of the picked files, read by one worker, 64 MB at a time. @returns ms */
async function readAlone() {
  const source = `onmessage = async ({ data }) => {
    const ranges = [];
    for (const file of data) {
      const length = Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
      const header = JSON.parse(await file.slice(8, 8 + length).text());
      for (const [name, { data_offsets: [begin, end] }] of Object.entries(header))
        if (/[qk]_proj/.test(name)) ranges.push([file, 8 + length + begin, 8 + length + end]);
    }
    const start = performance.now();
    let sum = 0;
    for (const [file, begin, end] of ranges)
      for (let at = begin; at < end; at += 64 * 2 ** 20)
        sum += (await file.slice(at, Math.min(end, at + 64 * 2 ** 20)).arrayBuffer()).byteLength;
    postMessage([performance.now() - start, sum]);
  };`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const files = [...document.querySelector('#measured').files];
  return new Promise((settle) => {
    worker.onmessage = ({ data: [ms] }) => {
      worker.terminate();
      settle(ms);
    };
    worker.postMessage(files);
  });
}

const NUMPY = `
import json, sys, time
import numpy as np
ranges = []
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        length = int.from_bytes(file.read(8), 'little')
        header = json.loads(file.read(length))
    for name, entry in header.items():
        if '_proj' in name and name.split('.')[-2] in ('q_proj', 'k_proj'):
            ranges.append((name, path, 8 + length + entry['data_offsets'][0], entry['shape']))
by_layer = {}
for name, path, begin, shape in ranges:
    by_layer.setdefault(name.split('.')[2], {})[name.split('.')[-2][0]] = (path, begin, shape)
def read(path, begin, shape):
    bits = np.fromfile(path, dtype=np.uint16, count=shape[0] * shape[1], offset=begin)
    return (bits.astype(np.uint32) << 16).view(np.float32).reshape(32, 128, shape[1])
start = time.perf_counter()
out = []
for layer in by_layer.values():
    q, k = read(*layer['q']), read(*layer['k'])
    for head in range(32):
        x = np.concatenate([k[head], q[head]])
        g = x @ x.T
        a, b, c = g[128:, 128:], g[:128, :128], g[:128, 128:]
        out.append(0.5 * (1 + np.einsum('ij,ji', c, c) / np.vdot(a, b)))
print((time.perf_counter() - start) * 1e3)
`;

function numpy() {
  const { status, stdout } = spawnSync('python3', ['-c', NUMPY, ...shards], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 0, host: 'localhost' } });
const times = { page: [], 'read, 1 worker': [], numpy: [] };
try {
  const browser = await chromium.launch({ executablePath: findOrInstallBrowser() });
  for (let round = 0; round < Number(options.rounds); round++) {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls.local[0]);
    const done = page.getByRole('contentinfo').getByText(/\d (m?s)$/);
    await done.nth(1).waitFor();
    await page.evaluate(() => {
      const input = document.createElement('input');
      input.type = 'file';
      input.multiple = true;
      input.id = 'measured';
      document.body.append(input);
    });
    await page.locator('#measured').setInputFiles(shards);
    times['read, 1 worker'].push(await page.evaluate(readAlone));
    await page.locator('input[type=file]:not(#measured)').first().setInputFiles(model.files);
    await page
      .getByText(new RegExp(`${model.layers} ×`))
      .first()
      .waitFor();
    await done.waitFor({ timeout: 600_000 });
    const [, value, unit] = /([\d.]+) (m?s)$/.exec(await done.textContent());
    times.page.push(Number(value) * (unit === 's' ? 1000 : 1));
    await page.close();
    const ms = numpy();
    if (ms !== null) times.numpy.push(ms);
  }
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
}
console.log(
  `${model.name}: ${((model.layerBytes * model.layers) / 1e9).toFixed(2)} GB of Q and K, ${options.rounds} rounds`,
);
for (const [name, values] of Object.entries(times))
  if (values.length > 0)
    console.log(
      `${name.padEnd(16)} median ${median(values).toFixed(0)} ms, least ${Math.min(...values).toFixed(0)} ms`,
    );
process.exit(0);
