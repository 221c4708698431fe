import { afterAll, describe, expect, test, vi } from 'vitest';
import { METHODS, planCalls } from '../../../../../src/core/engines/calls.ts';
import type { Engine, HeadPair, HeadScores } from '../../../../../src/core/engines/engine.ts';
import { layerSums } from '../../../../../src/core/engines/layerProducts.ts';
import { selfTest } from '../../../../../src/core/engines/selfTest.ts';
import { type ShardWorker, startShard } from '../../../../../src/core/engines/wasm/shards/shard.ts';
import {
  createShardedEngine,
  type ShardedOptions,
} from '../../../../../src/core/engines/wasm/shards/shardedEngine.ts';
import type { ShardRequest } from '../../../../../src/core/engines/wasm/shards/shardHost.ts';
import { createWasmEngine } from '../../../../../src/core/engines/wasm/wasmEngine.ts';
import { symmetryRatio } from '../../../../../src/core/metrics/symmetry.ts';
import type { LayerWeights } from '../../../../../src/core/weights/layerWeights.ts';
import { CASES } from '../../../../engines/cases.ts';
import { store } from '../../../../engines/store.ts';
import { finish } from '../../../../support/finish.ts';
import { shardMaker } from '../../../../support/nodeShards.ts';
import { gaussian } from '../../../../support/random.ts';

const createWorker = await shardMaker();
const alone = await createWasmEngine({ threads: 1 });
const open: Engine[] = [];
afterAll(() => {
  for (const engine of [...open, alone]) engine.close();
});

/** A sharded engine, its workers, and what each was asked. */
async function sharded(workers: number, options: ShardedOptions = { minWork: 0 }) {
  const made: { worker: ShardWorker; asked: ShardRequest[] }[] = [];
  const create = () => {
    const worker = createWorker();
    const asked: ShardRequest[] = [];
    made.push({ worker, asked });
    return {
      ...worker,
      post(request: ShardRequest, transfer: ArrayBuffer[]) {
        asked.push(request);
        worker.post(request, transfer);
      },
    };
  };
  const engine = await createShardedEngine({ workers, createWorker: create, ...options });
  open.push(engine);
  const askedOf = (type: ShardRequest['type']) =>
    made.map(({ asked }) => asked.filter((one) => one.type === type).length);
  return { engine, made, askedOf };
}

async function scoresOf(engine: Engine, layers: readonly LayerWeights[], method = METHODS[2]) {
  const handle = await engine.load(layers);
  const { scores } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
  handle.release();
  return scores;
}

function weights(d: number, dh: number, heads: number, kvHeads = heads): LayerWeights {
  const next = gaussian(7);
  const make = (count: number) =>
    store(
      Array.from({ length: count }, () => Float64Array.from({ length: d * dh }, () => 0.02 * (next() + 0.1))),
      ...([d, dh, 'F32', 'linear'] as const),
    ).views;
  return { stack: 'self', layer: 3, dModel: d, dHead: dh, q: make(heads), k: make(kvHeads) };
}

const layer = weights(300, 32, 24);
/** Seconds of work for the norm method. */
const long = (({ q, k, ...of }: LayerWeights) => ({
  ...of,
  q: Array.from({ length: 24 }, () => q[0]!),
  k: [k[0]!],
}))(weights(4000, 64, 1));

describe.each([3, 8])(
  '%i workers give what one thread gives, bit for bit, and what float64 gives',
  (count) => {
    test.each(CASES.filter(({ isLarge }) => !isLarge))('$name', async ({ make }) => {
      const [{ engine, askedOf }] = [await pool(count)];
      const { layers, expected } = make();
      const before = askedOf('load');
      const handle = await engine.load(layers, undefined, { resident: true });
      const [here, heads] = [await alone.load(layers), expected.length];
      const used = askedOf('load').filter((loads, at) => loads > before[at]!).length;
      // Of one head alone there is nothing to deal.
      expect(used).toBe(heads === 1 ? 0 : Math.min(count, heads));
      for (const method of METHODS) {
        const calls = planCalls(method, { kind: 'all' }, handle);
        const { scores, launches } = await engine.run(handle, calls);
        expect(scores).toEqual((await alone.run(here, calls)).scores);
        expect(launches).toBe(calls.length);
        for (const [at, want] of expected.entries())
          if (want === undefined) expect(symmetryRatio(scores[at]!)).toBeNull();
          else expect(Math.abs(symmetryRatio(scores[at]!)! - want)).toBeLessThan(2e-6);
      }
      const one = planCalls('norm', { kind: 'head', layerIndex: 0, head: layers[0]!.q.length - 1 }, handle);
      expect(await engine.run(handle, one)).toEqual(await alone.run(here, one));
      handle.release();
      here.release();
    });
  },
);

const pools = new Map<number, ReturnType<typeof sharded>>();
function pool(workers: number): ReturnType<typeof sharded> {
  const made = pools.get(workers) ?? sharded(workers);
  pools.set(workers, made);
  return made;
}

describe('a sharded engine', () => {
  test('names itself and passes its self-test on its workers', async () => {
    const { engine, askedOf } = await sharded(2, {});
    expect(engine.describe()).toMatchObject({ id: 'wasm', threads: 2, device: /, 2 workers$/ });
    await selfTest(engine);
    expect(askedOf('load')).toEqual([1, 1]);
    expect(askedOf('release')).toEqual([1, 1]);
  });

  test('keeps small layers here', async () => {
    const { engine, askedOf } = await sharded(2, {});
    const small = weights(64, 16, 12);
    expect(await scoresOf(engine, [small])).toEqual(await scoresOf(alone, [small]));
    expect(askedOf('load')).toEqual([0, 0]);
  });

  test('sends each worker its own heads once', async () => {
    const { engine, made, askedOf } = await sharded(3);
    const layers = [weights(300, 32, 24), { ...weights(300, 32, 24, 4), layer: 9 }];
    const want = await scoresOf(alone, layers);
    const handle = await engine.load(layers, undefined, { resident: true });
    for (const { bytes } of layers.flatMap(({ q, k }) => [...q, ...k])) bytes.fill(0);
    const calls = planCalls('trace-full', { kind: 'all' }, handle);
    expect((await engine.run(handle, calls)).scores).toEqual(want);
    expect((await engine.run(handle, calls)).scores).toEqual(want);
    expect(askedOf('load')).toEqual([1, 1, 1]);
    const bytesOf = (request: ShardRequest) =>
      request.type === 'load'
        ? new Set(request.layers.flatMap(({ q, k }) => [...q, ...k].map(({ bytes }) => bytes))).size
        : 0;
    const sent = made.map(({ asked }) => asked.reduce((sum, request) => sum + bytesOf(request), 0));
    // 24 heads of two matrices and 4 groups of 7: the second layer's groups go on where the first one's heads end.
    expect(sent).toEqual([16 + 14, 16 + 7, 16 + 7]);
    handle.release();
  });

  test('reports a worker’s heads before others are done, with their own numbers', async () => {
    const { engine } = await sharded(3);
    const handle = await engine.load([layer]);
    const told: HeadScores[][] = [];
    const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), {
      onScores: (some) => told.push([...some]),
    });
    // Two workers' heads, 8 each, and of the last one what it tells before it is done.
    expect(new Set(told.flat().map(({ head }) => head)).size).toBeGreaterThanOrEqual(16);
    for (const score of told.flat()) expect(scores[score.head]).toEqual(score);
    expect(scores.map(({ layer: of, head }) => [of, head])).toEqual(layer.q.map((_, head) => [3, head]));
  });

  test('computes pairs of heads wherever they lie, without its workers', async () => {
    const { engine, askedOf } = await sharded(2);
    const grouped = weights(120, 16, 6, 3);
    const [handle, here] = [await engine.load([grouped]), await alone.load([grouped])];
    const pairs: HeadPair[] = [
      [0, 0],
      [0, 3],
      [1, 5],
    ];
    expect(await engine.moments(handle, 0, pairs)).toEqual(await alone.moments(here, 0, pairs));
    expect(await finish(layerSums(engine, handle, 0))).toEqual(await finish(layerSums(alone, here, 0)));
    expect(askedOf('load')).toEqual([0, 0]);
    handle.release();
  });

  test('stops when it is cancelled and works again afterwards', async () => {
    const { engine, askedOf } = await sharded(2);
    const handle = await engine.load([long], undefined, { resident: true });
    const calls = planCalls('norm', { kind: 'all' }, handle);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    // Nobody but the workers ends the run: had they gone on, it would give scores.
    await expect(engine.run(handle, calls, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(askedOf('cancel')).toEqual([1, 1]);
    const { signal } = controller;
    await expect(engine.run(handle, calls, { signal })).rejects.toBe(signal.reason);
    await expect(engine.load([layer], signal)).rejects.toBe(signal.reason);
    handle.release();
    expect(await scoresOf(engine, [layer])).toEqual(await scoresOf(alone, [layer]));
  });

  test('reports what a worker refused', async () => {
    const { engine, askedOf } = await sharded(2);
    const handle = await engine.load([layer]);
    const far = { kernel: 'trace', layerIndex: 1, head: 0 } as const;
    await expect(engine.run(handle, [far])).rejects.toMatchObject({ code: 'internal' });
    const broken = {
      ...layer,
      q: layer.q.map((view) => ({ ...view, rows: 2 ** 30, dtype: 'F64' as const })),
    };
    const large = await engine.load([broken]);
    const calls = planCalls('trace-heads', { kind: 'all' }, large);
    await expect(engine.run(large, calls)).rejects.toMatchObject({ code: 'too-large', hint: /engine/ });
    // What other workers took is given back.
    const one = { ...layer, q: layer.q.with(0, broken.q[0]!) };
    const before = askedOf('release');
    await expect(engine.load([one], undefined, { resident: true })).rejects.toMatchObject({
      code: 'too-large',
    });
    await vi.waitFor(() => expect(askedOf('release')).toEqual([before[0], before[1]! + 1]));
  });
});

describe('shard workers', () => {
  const refuseFirst = (count: number) => {
    let made = 0;
    return () => {
      if (made++ < count) throw new Error('workers are refused');
      return createWorker();
    };
  };

  test('are done without when they can’t start', async () => {
    const two = await sharded(3, { createWorker: refuseFirst(1) });
    expect(two.engine.describe().threads).toBe(2);
    expect(await scoresOf(two.engine, [layer])).toEqual(await scoresOf(alone, [layer]));
  });

  test('are all done without when only one can start', async () => {
    const { engine } = await sharded(3, { createWorker: refuseFirst(2) });
    expect(engine.describe()).toEqual(alone.describe());
    expect(await scoresOf(engine, [layer])).toEqual(await scoresOf(alone, [layer]));
  });

  test('are given up when they don’t respond', async () => {
    vi.useFakeTimers();
    try {
      const [listen, post, terminate] = [vi.fn(), vi.fn(), vi.fn()];
      const started = startShard(() => ({ listen, post, terminate }), undefined);
      const failed = expect(started).rejects.toMatchObject({ code: 'engine-failed' });
      await vi.advanceTimersByTimeAsync(10_000);
      await failed;
      expect(terminate).toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  test('fail their run when they die, and leave the next to the others', async () => {
    const { engine, made } = await sharded(3);
    const handle = await engine.load([long], undefined, { resident: true });
    const run = engine.run(handle, planCalls('norm', { kind: 'all' }, handle));
    setTimeout(() => made[1]!.worker.terminate(), 20);
    const failure = {
      code: 'engine-failed',
      message: 'A worker of the WASM engine stopped.',
      permanent: false,
    };
    await expect(run).rejects.toMatchObject(failure);
    // What lay there is lost with it.
    await expect(engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle))).rejects.toMatchObject(
      failure,
    );
    handle.release();
    const want = await scoresOf(alone, [layer]);
    expect(engine.describe()).toMatchObject({ threads: 2, device: /, 2 workers$/ });
    expect(await scoresOf(engine, [layer])).toEqual(want);
    made[0]!.worker.terminate();
    await vi.waitFor(() => expect(engine.describe().threads).toBe(1));
    expect(await scoresOf(engine, [layer])).toEqual(want);
  });

  test('end with the engine and its current run', async () => {
    const { engine } = await sharded(2);
    const handle = await engine.load([long], undefined, { resident: true });
    const run = engine.run(handle, planCalls('norm', { kind: 'all' }, handle));
    setTimeout(() => engine.close(), 20);
    await expect(run).rejects.toMatchObject({ code: 'engine-failed' });
  });
});
