// `npm run measure:memory`: opens large generated checkpoints in the built page and prints the peak memory that the page's
// process takes for them, beside the bound (three layers' Q and K plus 96 MB). Linux only: it reads /proc.
//   --layers N     layers of the Llama-2-7b-shaped model (32)
//   --engine NAME  wasm (default), ort-wasm, webgpu or reference
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { findOrInstallBrowser } from './findBrowser.js';

const { values: options } = parseArgs({
  options: { layers: { type: 'string', default: '32' }, engine: { type: 'string', default: 'wasm' } },
});
const MARGIN_BYTES = 96e6;
const folder = mkdtempSync(join(tmpdir(), 'qkscope-memory-'));

/** Writes a safetensors file whose other tensors are holes: only the bytes of Q and K take disk. */
function writeSparse(path, tensors) {
  let at = 0;
  const header = {};
  for (const tensor of tensors) {
    tensor.begin = at;
    at += tensor.shape.reduce((product, size) => product * size, 1) * (tensor.dtype === 'F32' ? 4 : 2);
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [tensor.begin, at] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const file = openSync(path, 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeSync(file, length, 0, 8, 0);
  writeSync(file, json, 0, json.length, 8);
  ftruncateSync(file, 8 + json.length + at);
  for (const { begin, data } of tensors)
    if (data) writeSync(file, data, 0, data.length, 8 + json.length + begin);
  closeSync(file);
}

/** Random bits of finite weights: the exponents are kept small. */
function weights(count, dtype) {
  const data = dtype === 'F32' ? new Float32Array(count) : new Uint16Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = dtype === 'F32' ? state / 2 ** 32 - 0.5 : 0x2800 | ((state >>> 16) & 0x83ff);
  }
  return Buffer.from(data.buffer);
}

function bertLarge() {
  const [d, q, k] = [1024, weights(1024 * 1024, 'F32'), weights(1024 * 1024, 'F32')];
  const tensors = [{ name: 'bert.embeddings.word_embeddings.weight', dtype: 'F32', shape: [30522, d] }];
  for (let n = 0; n < 24; n++) {
    const at = `bert.encoder.layer.${n}`;
    for (const [name, data] of [
      ['query', q],
      ['key', k],
      ['value', null],
    ])
      tensors.push({ name: `${at}.attention.self.${name}.weight`, dtype: 'F32', shape: [d, d], data });
    tensors.push({ name: `${at}.output.dense.weight`, dtype: 'F32', shape: [d, 8 * d] });
  }
  const path = join(folder, 'bert', 'model.safetensors');
  return {
    name: 'BERT-large, F32',
    layerBytes: 2 * q.length,
    layers: 24,
    files: write('bert', { model_type: 'bert', num_attention_heads: 16 }, { [path]: tensors }),
  };
}

function llama(layers) {
  const [d, q, k] = [4096, weights(4096 * 4096, 'F16'), weights(4096 * 4096, 'F16')];
  const shards = [[], []];
  for (let n = 0; n < layers; n++) {
    const at = `model.layers.${n}`;
    const shard = shards[n < layers / 2 ? 0 : 1];
    for (const [name, data] of [
      ['k', k],
      ['q', q],
      ['v', null],
      ['o', null],
    ])
      shard.push({ name: `${at}.self_attn.${name}_proj.weight`, dtype: 'F16', shape: [d, d], data });
    shard.push({ name: `${at}.mlp.weight`, dtype: 'F16', shape: [33024, d] });
  }
  const name = (at) => `model-0000${at + 1}-of-00002.safetensors`;
  const paths = Object.fromEntries(shards.map((tensors, at) => [join(folder, 'llama', name(at)), tensors]));
  const files = write('llama', { model_type: 'llama', num_attention_heads: 32 }, paths);
  const index = join(folder, 'llama', 'model.safetensors.index.json');
  writeFileSync(
    index,
    JSON.stringify({
      weight_map: Object.fromEntries(
        shards.flatMap((tensors, at) => tensors.map((tensor) => [tensor.name, name(at)])),
      ),
    }),
  );
  return {
    name: `Llama-2-7b, F16, ${layers} layers`,
    layerBytes: 2 * q.length,
    layers,
    files: [...files, index],
  };
}

function write(name, config, files) {
  mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, name, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  for (const [file, tensors] of Object.entries(files)) writeSparse(file, tensors);
  return [path, ...Object.keys(files)];
}

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
await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 0, host: 'localhost' } });
try {
  for (const model of [bertLarge(), llama(Number(options.layers))]) {
    const browser = await chromium.launch({
      executablePath: findOrInstallBrowser(),
      args: ['--enable-unsafe-webgpu'],
    });
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls.local[0]);
    const done = page.getByRole('contentinfo').getByText(/\d (m?s)$/);
    await done.nth(1).waitFor();
    await page.getByText('Settings', { exact: true }).click();
    await page.getByLabel('engine').selectOption(options.engine);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(2000);
    const before = rendererBytes();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, rendererBytes());
    }, 20);
    await page.locator('input[type=file]').first().setInputFiles(model.files);
    await page
      .getByText(new RegExp(`${model.layers} ×`))
      .first()
      .waitFor();
    await done.waitFor({ timeout: 900_000 });
    clearInterval(timer);
    const bound = 3 * model.layerBytes + MARGIN_BYTES;
    console.log(
      `${model.name}: peak ${mb(peak - before)} above the idle page's ${mb(before)}; bound ${mb(bound)} (three layers' Q and K of ${mb(model.layerBytes)}, plus 96 MB): ${peak - before <= bound ? 'within' : 'OVER'}; ${await done.textContent()}`,
    );
    if (peak - before > bound) process.exitCode = 1;
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
}
