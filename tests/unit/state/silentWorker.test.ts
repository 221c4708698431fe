import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { benchmarkActions } from '../../../src/state/benchmark.ts';
import { headDetailActions } from '../../../src/state/headDetail.ts';
import { layerMetricsActions } from '../../../src/state/layerMetrics.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { createWorkerClient } from '../../../src/worker/client.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { settled } from '../../support/fakeClient.ts';
import { caseFiles } from '../../support/oracle.ts';
import { PlayedWorker } from '../../support/playedWorker.ts';
import { testContext } from '../../support/testContext.ts';

/** A worker that was never heard of may take so long to end what is cancelled (client.ts), ms. */
const GRACE_MS = 10_000;
/** A pin is looked into once it stays (headDetail.ts), ms. */
const PIN_MS = 200;

let model: ModelState;

beforeAll(async () => {
  const files = caseFiles('bert-f32');
  const start = openingModel(1, { kind: 'local', files }, 'bert-f32');
  model = (await analyseLocal(files)).reduce((state, event) => reduceModel(state, event, 0), start);
});
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The page's state around the true client, whose workers a test plays. */
function setUp() {
  const workers: PlayedWorker[] = [];
  const client = createWorkerClient(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  const ctx = testContext({ client });
  const { store } = ctx;
  const [metrics, benchmark] = [layerMetricsActions(ctx), benchmarkActions(ctx)];
  headDetailActions(ctx);
  store.setState({ models: [model] });
  const parts = {
    headDetail: {
      start: () => store.setState({ pinned: { layer: 1, head: 2 } }),
      cancel: () => store.setState({ pinned: null }),
      status: () => store.getState().headDetails[0]!.status,
    },
    layerMetrics: {
      start: () => metrics.start('score'),
      cancel: () => metrics.cancel(),
      status: () => store.getState().layerMetrics.status,
    },
    benchmark: {
      start: () =>
        benchmark.run({ engines: ['wasm'], scopes: ['head'], region: 'kernel', layer: 0, head: 0 }),
      cancel: () => benchmark.cancel(),
      status: () => store.getState().benchmark.status,
    },
  } as const;
  return { workers, parts };
}

describe.each(['headDetail', 'layerMetrics', 'benchmark'] as const)('%s of a silent worker', (name) => {
  async function begun() {
    const { workers, parts } = setUp();
    const part = parts[name];
    const start = async () => {
      part.start();
      await vi.advanceTimersByTimeAsync(PIN_MS);
    };
    await start();
    expect(workers[0]!.requests()).toEqual([name]);
    expect(part.status()).toBe('running');
    return { workers, part, start };
  }

  it('ends by Cancel, and the next worker does it when it is asked for again', async () => {
    const { workers, part, start } = await begun();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(part.status()).toBe('running');
    part.cancel();
    await settled();
    expect(part.status()).toBe('idle');
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(workers[0]!.isTerminated).toBe(true);

    await start();
    expect(workers).toHaveLength(2);
    expect(workers[1]!.requests()).toEqual([name]);
    const [request] = workers[1]!.received;
    if (request !== undefined && 'id' in request) await workers[1]!.respond({ id: request.id, type: 'done' });
    expect(part.status()).toBe(name === 'layerMetrics' ? 'idle' : 'done');
  });

  it('that is asked for again while the worker is still waited for goes to the next one', async () => {
    const { workers, part, start } = await begun();
    part.cancel();
    await start();
    expect(workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    expect(workers[1]!.requests()).toEqual([name]);
    expect(part.status()).toBe('running');
  });

  it('fails in words when the worker turns out to have ended', async () => {
    const { workers, part } = await begun();
    workers[0]!.fail('out of memory');
    await settled();
    expect(part.status()).toBe('failed');
  });
});
