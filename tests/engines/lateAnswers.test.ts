// A GPU whose answers come late, as Firefox's do: every 100 ms, whatever was asked (its bug 1870699).
import { afterEach, expect, test } from 'vitest';
import { planCalls } from '../../src/core/engines/calls.ts';
import type { Engine } from '../../src/core/engines/engine.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { analyseLocal, lastOf } from '../support/analyseLocal.ts';
import { gaussian } from '../support/random.ts';
import { safetensorsBytes } from '../support/safetensorsBytes.ts';
import { sharedGpu } from './sharedGpu.ts';

const { mapAsync } = GPUBuffer.prototype;
let engine: Engine | undefined;
afterEach(() => {
  GPUBuffer.prototype.mapAsync = mapAsync;
  engine?.close();
  engine = undefined;
});

/** Keeps answers back until `open` is called; from then on they come at once. */
function holdAnswers() {
  const held: (() => void)[] = [];
  let isOpen = false;
  GPUBuffer.prototype.mapAsync = async function (...args) {
    await mapAsync.apply(this, args);
    if (!isOpen) await new Promise<void>((resolve) => held.push(resolve));
  };
  return {
    count: () => held.length,
    open() {
      isOpen = true;
      for (const answer of held) answer();
    },
  };
}

const [LAYERS, D, HEADS] = [32, 32, 2];

function modelOf(seed: number) {
  const next = gaussian(seed);
  const weights = () => new Uint8Array(Float32Array.from({ length: D * D }, next).buffer);
  const tensors = Array.from({ length: LAYERS }, (_, layer) =>
    ['q', 'k'].map((of) => ({
      name: `model.layers.${layer}.self_attn.${of}_proj.weight`,
      ...{ dtype: 'F32', shape: [D, D], data: weights() },
    })),
  ).flat();
  const config = JSON.stringify({ model_type: 'llama', num_attention_heads: HEADS, hidden_size: D });
  return [
    { path: 'config.json', blob: new Blob([config]) },
    { path: 'model.safetensors', blob: new Blob([safetensorsBytes(tensors) as Uint8Array<ArrayBuffer>]) },
  ];
}

test('32 small layers wait for a late GPU together, and have the scores that float64 gives', async () => {
  const files = modelOf(1);
  const ratiosOf = (events: Awaited<ReturnType<typeof analyseLocal>>) =>
    lastOf(events, 'done').result.stacks[0]!.layers.flatMap(({ heads }) => heads.map(({ r }) => r!));
  const expected = ratiosOf(await analyseLocal(files));
  engine = await createWebGpuEngine({ gpu: sharedGpu, form: 'traceRegister' });
  const answers = holdAnswers();
  const analysing = analyseLocal(files, { engine });
  // Of each layer its scales and its sums: where one waited for another, they would never be so many.
  await expect.poll(answers.count, { timeout: 60_000 }).toBe(2 * LAYERS);
  answers.open();
  const ratios = ratiosOf(await analysing);
  expect(ratios).toHaveLength(LAYERS * HEADS);
  for (const [i, r] of ratios.entries()) expect(Math.abs(r - expected[i]!)).toBeLessThan(2e-6);
});

test('loading waits for no answer, a run for one alone, and the GPU’s own clock for none', async () => {
  engine = await createWebGpuEngine({ gpu: sharedGpu, form: 'traceRegister' });
  const bytes = new Uint8Array(Float32Array.from({ length: D * D }, gaussian(2)).buffer);
  const view = { bytes, dtype: 'F32', offset: 0, rows: D, cols: D, rowStride: D, colStride: 1 } as const;
  const layer: LayerWeights = { stack: 'self', layer: 0, dModel: D, dHead: D, q: [view], k: [view] };
  const answers = holdAnswers();
  const handle = await engine.load([layer]);
  const began = performance.now();
  const run = engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), { timed: true });
  const isTimed = engine.describe().deviceClock === 'gpu';
  await expect.poll(answers.count, { timeout: 30_000 }).toBe(isTimed ? 3 : 2);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  answers.open();
  const { scores, deviceMs } = await run;
  expect(scores).toHaveLength(1);
  if (isTimed) expect(deviceMs).toBeLessThan(performance.now() - began - 900);
  handle.release();
});
