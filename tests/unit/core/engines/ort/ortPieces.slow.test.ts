import * as ort from 'onnxruntime-web';
import { describe, expect, it, vi } from 'vitest';
import { METHODS, type Method, planCalls } from '../../../../../src/core/engines/calls.ts';
import type { OrtModule } from '../../../../../src/core/engines/ort/ortSession.ts';
import { createOrtWasmEngine } from '../../../../../src/core/engines/ort/ortWasmEngine.ts';
import { symmetryRatio } from '../../../../../src/core/metrics/symmetry.ts';
import { kvHeadOf, type LayerWeights } from '../../../../../src/core/weights/layerWeights.ts';

const engine = await createOrtWasmEngine({ ort: ort as unknown as OrtModule, threads: 1 });
const TRACES = METHODS.filter((method) => method !== 'norm');

/** On a loaded machine; a test cut off would run on beside the next. */
const LONG = { timeout: 60_000 };
/** Long and narrow: more float32 than is packed at load, yet quick to check in float64. */
const [D, DH] = [80_000, 8];

/** Kept by seed: several tests ask for the same ones, and making one takes longer than scoring it. Not to be written to. */
const made = new Map<number, Float32Array>();

function matrix(seed: number): Float32Array {
  const known = made.get(seed);
  if (known !== undefined) return known;
  const values = new Float32Array(D * DH);
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i * (0.7 + 0.01 * seed)) + 0.1 * seed;
  made.set(seed, values);
  return values;
}

function layerWith(q: readonly Float32Array[], k: readonly Float32Array[]): LayerWeights {
  return { stack: 'self', layer: 0, dModel: D, dHead: DH, q: q.map(viewOf), k: k.map(viewOf) };
}

/** r by the trace identity in float64 loops; x, y: [dh, d]. */
function ratio(q: Float32Array, k: Float32Array): number {
  const gram = (x: Float32Array, y: Float32Array, i: number, j: number) => {
    let sum = 0;
    for (let at = 0; at < D; at++) sum += x[i * D + at]! * y[j * D + at]!;
    return sum;
  };
  let [cc, ab] = [0, 0];
  for (let i = 0; i < DH; i++) {
    for (let j = 0; j < DH; j++) {
      cc += gram(k, q, i, j) * gram(k, q, j, i);
      ab += gram(q, q, i, j) * gram(k, k, i, j);
    }
  }
  return (1 + cc / ab) / 2;
}

async function ratios(layer: LayerWeights, method: Method, resident: boolean) {
  const handle = await engine.load([layer], undefined, { resident });
  const calls = planCalls(method, { kind: 'all' }, handle);
  const { scores, launches } = await engine.run(handle, calls);
  handle.release();
  expect(launches).toBe(calls.length);
  expect(scores.map(({ head }) => head)).toEqual(layer.q.map((_, head) => head));
  return scores.map(symmetryRatio);
}

describe('a layer packed piece by piece', () => {
  it.each([
    [12, 12],
    [12, 1],
    [7, 3],
    [13, 2],
  ])(
    'has r as in float64 by every trace method, packed or not (%i heads, %i key heads)',
    LONG,
    async (heads, kvHeads) => {
      const q = Array.from({ length: heads }, (_, head) => matrix(head));
      const k = Array.from({ length: kvHeads }, (_, head) => matrix(20 + head));
      const want = q.map((head, at) => ratio(head, k[kvHeadOf(at, heads, kvHeads)]!));
      for (const resident of [true, false]) {
        for (const method of TRACES) {
          (await ratios(layerWith(q, k), method, resident)).forEach((r, head) => {
            expect(r, `${method}, head ${head}`).not.toBeNull();
            expect(Math.abs(r! - want[head]!), `${method}, head ${head}`).toBeLessThanOrEqual(2e-6);
          });
        }
      }
    },
  );

  it('keeps a head with NaN from its neighbours and the next batch', LONG, async () => {
    const heads = 12;
    const q = Array.from({ length: heads }, (_, head) => matrix(head));
    const k = Array.from({ length: heads }, (_, head) => matrix(20 + head));
    const clean = await ratios(layerWith(q, k), 'trace-heads', false);
    q[4] = q[4]!.slice();
    q[4][17] = Number.NaN;
    k[5] = k[5]!.slice();
    k[5][3] = Infinity;
    const spoilt = await ratios(layerWith(q, k), 'trace-heads', false);
    expect(spoilt).toEqual(clean.map((r, head) => (head === 4 || head === 5 ? null : r)));
  });
});

describe('an onnxruntime engine', () => {
  it('waits on no timer in short runs', async () => {
    const [d, dh] = [8, 2];
    const values = Float32Array.from({ length: d * dh }, (_, i) => i + 1);
    const small = { ...viewOf(values), rows: d, cols: dh, colStride: d };
    const layer = { stack: 'self', layer: 0, dModel: d, dHead: dh, q: [small], k: [small] };
    const handle = await engine.load([layer], undefined, { resident: true });
    const calls = Array.from({ length: 64 }, () => ({ kernel: 'trace', layerIndex: 0, head: 0 }) as const);
    await engine.run(handle, calls);
    // A busy machine makes any run a long one.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const timers = countTimers();
    await engine.run(handle, calls);
    clock.mockRestore();
    expect(timers.stop()).toBe(0);
  });

  it.each(['trace-heads', 'trace-full', 'norm'] as const)(
    'cancels %s of a large layer by a message that comes midway',
    LONG,
    async (method) => {
      // Norm: one head of 36 pairs of tiles. Trace: one call of many batches.
      const rows = method === 'norm' ? 16_384 : D;
      const view = { ...viewOf(SHARED), rows };
      const heads = Array.from({ length: method === 'norm' ? 1 : 200 }, () => view);
      const layer = { stack: 'self', layer: 0, dModel: rows, dHead: DH, q: heads, k: heads };
      const controller = new AbortController();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => controller.abort();
      let tensors = 0;
      const CountedTensor = new Proxy(ort.Tensor, {
        construct(target, given) {
          if (++tensors === 5) channel.port2.postMessage('cancel');
          return Reflect.construct(target, given) as object;
        },
      });
      const module = { ...ort, Tensor: CountedTensor } as unknown as OrtModule;
      const counted = await createOrtWasmEngine({ ort: module, threads: 1 });
      const handle = await counted.load([layer]);
      const calls = planCalls(method, { kind: 'all' }, handle);
      expect(calls.length).toBe(1);
      const done = counted.run(handle, calls, { signal: controller.signal });
      await expect(done).rejects.toMatchObject({ name: 'AbortError' });
      channel.port1.close();
      counted.close();
    },
  );

  it('keeps apart the weights of two runs that begin before onnxruntime is ready', LONG, async () => {
    const slow = {
      ...ort,
      InferenceSession: {
        async create(...given: Parameters<OrtModule['InferenceSession']['create']>) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          return (ort as unknown as OrtModule).InferenceSession.create(...given);
        },
      },
    } as unknown as OrtModule;
    const shared = await createOrtWasmEngine({ ort: slow, threads: 1 });
    const models = [0, 1].map((model) => {
      const heads = (first: number) => Array.from({ length: 6 }, (_, at) => matrix(first + 3 * at + model));
      return layerWith(heads(0), heads(40));
    });
    const together = await Promise.all(
      models.map(async (layer) => {
        const handle = await shared.load([layer]);
        const { scores } = await shared.run(handle, [{ kernel: 'trace-heads', layerIndex: 0 }]);
        return scores.map(symmetryRatio);
      }),
    );
    for (const [at, layer] of models.entries())
      expect(together[at]).toEqual(await ratios(layer, 'trace-heads', false));
    shared.close();
  });

  it('leaves no unhandled rejection when it is closed while it fails to start', async () => {
    let [begin, fail] = [() => {}, () => {}];
    const started = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const broken = {
      ...(ort as unknown as OrtModule),
      env: { wasm: {}, versions: {} },
      InferenceSession: {
        create() {
          begin();
          return new Promise<never>((_, reject) => {
            fail = () => reject(new Error('no WASM here'));
          });
        },
      },
    };
    const failing = await createOrtWasmEngine({ ort: broken, threads: 1 });
    const handle = await failing.load([layerWith([SHARED], [SHARED])]);
    const done = failing.run(handle, [{ kernel: 'trace', layerIndex: 0, head: 0 }]);
    const refused = expect(done).rejects.toMatchObject({ code: 'engine-unavailable', where: 'wasm' });
    await started;
    failing.close();
    fail();
    await refused;
    // Vitest itself fails the run on an unhandled rejection.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

const SHARED = matrix(1);

function viewOf(values: Float32Array) {
  return {
    bytes: new Uint8Array(values.buffer),
    dtype: 'F32' as const,
    offset: 0,
    rows: D,
    cols: DH,
    rowStride: 1,
    colStride: D,
  };
}

function countTimers() {
  const original = globalThis.setTimeout;
  let count = 0;
  globalThis.setTimeout = ((...given: Parameters<typeof original>) => {
    count++;
    return original(...given);
  }) as typeof original;
  return {
    stop() {
      globalThis.setTimeout = original;
      return count;
    },
  };
}
