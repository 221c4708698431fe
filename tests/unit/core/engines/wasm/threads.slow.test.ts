import { describe, expect, test } from 'vitest';
import { threadMaker } from '../../../../../scripts/bench/nodeThreads.ts';
import { METHODS, planCalls } from '../../../../../src/core/engines/calls.ts';
import type { HeadScores } from '../../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../../src/core/engines/reference/referenceEngine.ts';
import { createExecutor } from '../../../../../src/core/engines/wasm/executor.ts';
import { createHeap } from '../../../../../src/core/engines/wasm/heap.ts';
import type { Job } from '../../../../../src/core/engines/wasm/jobs.ts';
import { buildKernels } from '../../../../../src/core/engines/wasm/kernelModule.ts';
import { createWasmEngine } from '../../../../../src/core/engines/wasm/wasmEngine.ts';
import { symmetryRatio } from '../../../../../src/core/metrics/symmetry.ts';
import type { LayerWeights } from '../../../../../src/core/weights/layerWeights.ts';
import type { MatrixView } from '../../../../../src/core/weights/matrixView.ts';
import { layerOf } from '../../../../support/layerWeights.ts';
import { gaussian } from '../../../../support/random.ts';

const createThread = await threadMaker();

function weights(d: number, dh: number, heads: number) {
  const next = gaussian(7);
  const make = () =>
    Array.from({ length: heads }, () => Array.from({ length: d * dh }, () => 0.02 * (next() + 0.1)));
  return layerOf(make(), make(), d, dh);
}

describe('an engine of several threads', () => {
  // Enough work that slices go to the others: more than one panel, more jobs than threads.
  const layer = weights(600, 32, 24);

  test('computes what float64 gives by every method, again and again', async () => {
    const engine = await createWasmEngine({ threads: 3, createThread });
    expect(engine.describe().threads).toBe(3);
    const [handle, reference] = [await engine.load([layer]), createReferenceEngine()];
    const trusted = await reference.load([layer]);
    const want = await reference.run(trusted, planCalls('trace-heads', { kind: 'all' }, trusted));
    for (const method of [...METHODS, ...METHODS]) {
      const { scores } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
      const deltas = scores.map((score, at) =>
        Math.abs(symmetryRatio(score)! - symmetryRatio(want.scores[at]!)!),
      );
      expect(Math.max(...deltas)).toBeLessThan(2e-6);
      expect(scores).toHaveLength(24);
    }
    engine.close();
  });

  test('reports heads before all are done, and only final ones', async () => {
    const engine = await createWasmEngine({ threads: 3, createThread });
    // More than the first slice of three threads; head 0's weights are so large that they are rewritten.
    const [heads, d, dh] = [48, 3000, 128];
    const next = gaussian(7);
    const one = Array.from({ length: d * dh }, next);
    const whole = layerOf(Array(heads).fill(one), [one], d, dh);
    // As float32: float64 is rewritten anyhow.
    const huge = new Uint8Array(Float32Array.from(one, (value) => value * 1e15).buffer);
    const first = { ...whole.q[0]!, dtype: 'F32' as const, bytes: huge };
    const large = { ...whole, q: whole.q.with(0, first) };
    const handle = await engine.load([large]);
    const told: HeadScores[] = [];
    let times = 0;
    const onScores = (scores: readonly HeadScores[]) => {
      times++;
      told.push(...scores);
    };
    const calls = planCalls('trace-heads', { kind: 'all' }, handle);
    const { scores } = await engine.run(handle, calls, { onScores });
    expect(times).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThan(heads);
    for (const score of told) expect(scores[score.head]).toEqual(score);
    expect(told.some(({ head }) => head === 0)).toBe(false);
    engine.close();
  });

  test('computes in allocated blocks of its shared memory, before and after it grew', async () => {
    const engine = await createWasmEngine({ threads: 2, createThread });
    const score = async (of: LayerWeights) => {
      const handle = await engine.load([of]);
      const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
      handle.release();
      return scores;
    };
    const asFloat32 = (view: MatrixView, into?: Uint8Array): MatrixView => {
      const elements = Float32Array.from(new Float64Array(view.bytes.buffer));
      const bytes = into ?? new Uint8Array(elements.byteLength);
      bytes.set(new Uint8Array(elements.buffer));
      return { ...view, dtype: 'F32', bytes };
    };
    const [q, k] = [layer.q.slice(0, 3), layer.k.slice(0, 3)];
    const want = await score({
      ...layer,
      q: q.map((view) => asFloat32(view)),
      k: k.map((view) => asFloat32(view)),
    });
    for (const grow of [0, 2 ** 25]) {
      const grown = engine.allocateShared!(grow)!;
      const size = 600 * 32 * 4;
      const block = engine.allocateShared!(6 * size)!;
      const part = (at: number) => block.bytes.subarray(at * size, (at + 1) * size);
      const here = {
        ...layer,
        q: q.map((view, at) => asFloat32(view, part(at))),
        k: k.map((view, at) => asFloat32(view, part(3 + at))),
      };
      expect(await score(here)).toEqual(want);
      // It isn't copied: what is written there counts.
      part(1).fill(0);
      expect((await score(here)).map(({ traceAB }) => traceAB === 0)).toEqual([false, true, false]);
      block.release();
      grown.release();
    }
    expect(engine.allocateShared!(2 ** 31)).toBeNull();
    engine.close();
  });

  test('has no shared memory with one thread alone', async () => {
    const alone = await createWasmEngine({ threads: 1 });
    expect(alone.allocateShared!(1000)).toBeNull();
    alone.close();
  });

  test('does without a thread that can’t start', async () => {
    let made = 0;
    const refusing = () =>
      ++made === 1
        ? { start: () => Promise.reject(new Error('workers are refused')), terminate() {} }
        : createThread();
    const engine = await createWasmEngine({ threads: 3, createThread: refusing });
    expect(engine.describe().threads).toBe(2);
    const handle = await engine.load([layer]);
    const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
    expect(scores.every(({ traceAB }) => traceAB > 0)).toBe(true);
    engine.close();
  });
});

describe('memory that can’t grow', () => {
  test('fails with a sentence and leaves the others’ memory', async () => {
    const maximumPages = 600;
    const memory = new WebAssembly.Memory({ initial: 16, maximum: maximumPages });
    const heap = createHeap(memory);
    const module = await WebAssembly.compile(buildKernels({ shared: false, maximumPages }, false));
    const executor = await createExecutor(heap, module, []);
    const yielder = { shouldYield: () => false, yieldToEventLoop: async () => {} };
    const source = heap.allocate(64 * 300 * 4).address;
    new Float32Array(memory.buffer, source, 64 * 300).fill(0.5);
    const of = { address: source, stride: 300 * 4, packing: 0 };
    const job: Job = { kernel: 'trace', dModel: 300, dHead: 64, panel: 0, k: of, q: [of] };
    const run = (dHead: number) => executor.run([{ ...job, dHead }], yielder);
    const before = await run(64);
    await expect(run(4000)).rejects.toMatchObject({ code: 'too-large' });
    const other = heap.allocate(200_000);
    const bytes = new Uint8Array(memory.buffer, other.address, 200_000).fill(7);
    expect(await run(64)).toEqual(before);
    expect(new Uint8Array(memory.buffer, other.address, bytes.length).every((byte) => byte === 7)).toBe(true);
  });
});
