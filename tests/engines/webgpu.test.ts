import { afterEach, describe, expect, test } from 'vitest';
import { planCalls } from '../../src/core/engines/calls.ts';
import type { Engine } from '../../src/core/engines/engine.ts';
import { describeAdapter } from '../../src/core/engines/webgpu/device.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { explicitRatio } from './expected.ts';
import { keyNearQuery } from './families.ts';
import { sharedGpu } from './sharedGpu.ts';
import { type StorageLayout, store } from './store.ts';

let engine: Engine | undefined;
afterEach(() => {
  engine?.close();
  engine = undefined;
});

function layersOf(
  count: number,
  heads: number,
  kvHeads: number,
  d: number,
  dh: number,
  layout: StorageLayout = 'linear',
) {
  const expected: (number | undefined)[] = [];
  const layers = Array.from({ length: count }, (_, layer): LayerWeights => {
    const pairs = Array.from({ length: heads }, (_, head) => keyNearQuery(d, dh, 100 * layer + head));
    const q = store(
      pairs.map((pair) => pair.q),
      d,
      dh,
      'BF16',
      layout,
    );
    const k = store(
      pairs.slice(0, kvHeads).map((pair) => pair.k),
      d,
      dh,
      'BF16',
      layout,
    );
    for (let head = 0; head < heads; head++) {
      expected.push(explicitRatio(q.exact[head]!, k.exact[Math.floor((head * kvHeads) / heads)]!, d, dh));
    }
    return { stack: 'self', layer, dModel: d, dHead: dh, q: q.views, k: k.views };
  });
  return { layers, expected };
}

/** The browser's WebGPU; `see` is given each device. */
function withDevice(see: (device: GPUDevice) => void): GPU {
  return {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await navigator.gpu.requestAdapter(options);
      const requestDevice = adapter!.requestDevice.bind(adapter);
      adapter!.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor);
        see(device);
        return device;
      };
      return adapter;
    },
  } as GPU;
}

describe('WebGPU engine', () => {
  test.for([
    // One matrix is 32 · 8 · 4 = 1024 bytes.
    { maxMatrices: 12, chunks: 1, launchesOf: { norm: 12, 'trace-heads': 2, 'trace-full': 1 } },
    { maxMatrices: 6, chunks: 2, launchesOf: { norm: 12, 'trace-heads': 2, 'trace-full': 2 } },
    // Smaller than a layer: every batch takes a dispatch for each part, and says so.
    { maxMatrices: 4, chunks: 2, launchesOf: { norm: 12, 'trace-heads': 4, 'trace-full': 4 } },
    { maxMatrices: 1, chunks: 2, launchesOf: { norm: 12, 'trace-heads': 12, 'trace-full': 12 } },
  ])(
    'divides 2 layers of 6 heads over buffers of $maxMatrices matrices',
    async ({ maxMatrices, chunks, launchesOf }) => {
      engine = await createWebGpuEngine({
        gpu: sharedGpu,
        form: 'traceRegister',
        limits: { bindingBytes: maxMatrices * 1024 },
      });
      const { layers, expected } = layersOf(2, 6, 2, 32, 8);
      const handle = await engine.load(layers);
      expect(handle.chunks).toHaveLength(chunks);
      for (const method of ['norm', 'trace-heads', 'trace-full'] as const) {
        const { scores, launches } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
        expect(launches, method).toBe(launchesOf[method]);
        expect(scores).toHaveLength(expected.length);
        for (const [i, { layer, head, traceCC, traceAB }] of scores.entries()) {
          expect([layer, head]).toEqual([Math.floor(i / 6), i % 6]);
          expect(Math.abs((1 + traceCC / traceAB) / 2 - expected[i]!)).toBeLessThan(2e-6);
        }
      }
      handle.release();
    },
  );

  test.for(['linear', 'conv1d'] as const)('unpacks a %s tensor from several windows', async (layout) => {
    // A row of the Conv1D tensor is 3 + 4 · 8 + 3 elements of 2 bytes; a window holds a few rows, a part of a head.
    engine = await createWebGpuEngine({
      gpu: sharedGpu,
      form: 'traceRegister',
      limits: { windowBytes: 333 },
    });
    const { layers, expected } = layersOf(2, 4, 2, 32, 8, layout);
    const handle = await engine.load(layers);
    const { scores } = await engine.run(handle, planCalls('trace-full', { kind: 'all' }, handle));
    expect(scores).toHaveLength(expected.length);
    for (const [i, { traceCC, traceAB }] of scores.entries()) {
      expect(Math.abs((1 + traceCC / traceAB) / 2 - expected[i]!)).toBeLessThan(2e-6);
    }
  });

  test.for([
    // Four at once, twice; two at once, three times; four at once with few rows in workgroup memory.
    { heads: 16, kvHeads: 2, d: 70, dh: 20 },
    { heads: 6, kvHeads: 1, d: 133, dh: 36 },
    { heads: 4, kvHeads: 1, d: 50, dh: 260 },
  ])('$heads query heads share $kvHeads key heads in workgroup memory', async ({ heads, kvHeads, d, dh }) => {
    engine = await createWebGpuEngine({ gpu: sharedGpu, form: 'traceShared' });
    const { layers, expected } = layersOf(2, heads, kvHeads, d, dh);
    const handle = await engine.load(layers);
    const { scores } = await engine.run(handle, planCalls('trace-full', { kind: 'all' }, handle));
    expect(scores).toHaveLength(2 * heads);
    for (const [i, { layer, head, traceCC, traceAB }] of scores.entries()) {
      expect([layer, head]).toEqual([Math.floor(i / heads), i % heads]);
      expect(Math.abs((1 + traceCC / traceAB) / 2 - expected[i]!)).toBeLessThan(1e-6);
    }
  });

  test('refuses a head that is larger than a binding', async () => {
    engine = await createWebGpuEngine({ gpu: sharedGpu, limits: { bindingBytes: 512 } });
    await expect(engine.load(layersOf(1, 1, 1, 32, 8).layers)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('measures GPU time when asked, where the device has a clock', async () => {
    engine = await createWebGpuEngine({ gpu: sharedGpu, form: 'traceRegister' });
    const handle = await engine.load(layersOf(1, 2, 2, 256, 16).layers);
    const calls = planCalls('norm', { kind: 'all' }, handle);
    const timed = await engine.run(handle, calls, { timed: true });
    if (engine.describe().deviceClock === 'gpu') expect(timed.deviceMs).toBeGreaterThanOrEqual(0);
    else expect(timed.deviceMs).toBeUndefined();
    expect((await engine.run(handle, calls)).deviceMs).toBeUndefined();
  });

  test('stops between slices when cancelled and works again afterwards', async () => {
    let submits = 0;
    const gpu = withDevice((device) => {
      const submit = device.queue.submit.bind(device.queue);
      device.queue.submit = (buffers) => {
        submits++;
        submit(buffers);
      };
    });
    engine = await createWebGpuEngine({ gpu, form: 'traceRegister' });
    const handle = await engine.load(layersOf(1, 4, 4, 1024, 64).layers);
    const calls = Array.from({ length: 20 }, () => planCalls('norm', { kind: 'all' }, handle)).flat();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    submits = 0;
    await expect(engine.run(handle, calls, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    // All calls together are 10 GFLOP, 40 slices on a software device.
    expect(submits).toBeLessThan(30);
    const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
    expect(scores).toHaveLength(4);
    await expect(engine.load([], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('reports a lost device as such', async () => {
    let device: GPUDevice | undefined;
    const gpu = withDevice((of) => {
      device = of;
    });
    engine = await createWebGpuEngine({ gpu, form: 'traceRegister' });
    const handle = await engine.load(layersOf(1, 2, 2, 64, 8).layers);
    device!.destroy();
    const calls = planCalls('trace-heads', { kind: 'all' }, handle);
    await expect(engine.run(handle, calls)).rejects.toMatchObject({ code: 'device-lost', permanent: false });
    await expect(engine.load([])).rejects.toMatchObject({ code: 'device-lost' });
  });

  test('names the reason where there is no WebGPU', async () => {
    expect(await describeAdapter(undefined)).toMatchObject({
      available: false,
      detail: expect.stringMatching(/no WebGPU/),
    });
    const none = { requestAdapter: async () => null } as unknown as GPU;
    expect(await describeAdapter(none)).toMatchObject({ available: false, isSoftware: false });
    await expect(createWebGpuEngine({ gpu: none })).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  test('runs in a page that is cross-origin isolated, as the real one is', () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
  });
});
