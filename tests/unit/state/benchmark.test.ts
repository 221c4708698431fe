import { expect, it } from 'vitest';
import type { BenchmarkReport } from '../../../src/core/result/benchmarkReport.ts';
import type { AppState } from '../../../src/state/appState.ts';
import {
  benchmarkActions,
  conflictingWork,
  IDLE_BENCHMARK,
  sweepActions,
} from '../../../src/state/benchmark.ts';
import { IDLE_DETAIL } from '../../../src/state/headDetail.ts';
import { IDLE_LAYER_METRICS } from '../../../src/state/layerMetrics.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { CANCELLED, fakeClient } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const SHAPE = { layers: 1, heads: 4, kvHeads: 4, dModel: 16, dHead: 4 };
const RUN = { engines: ['wasm'], scopes: ['head'], region: 'kernel', synthetic: SHAPE, head: 2 } as const;

function setUp() {
  const client = fakeClient();
  const ctx = testContext({ client });
  return {
    store: ctx.store,
    sent: client.calls,
    benchmark: benchmarkActions(ctx),
    sweep: sweepActions(ctx),
  };
}

it('the benchmark and the sweep never run at once', async () => {
  const { store, sent, benchmark, sweep } = setUp();
  sweep.run('wasm', 'quick');
  benchmark.run(RUN);
  expect(sent.map(({ name }) => name)).toEqual(['sweep']);
  expect(store.getState().benchmark.status).toBe('idle');
  await sent[0]!.done();
  benchmark.run(RUN);
  sweep.run('wasm', 'quick');
  expect(sent.map(({ name }) => name)).toEqual(['sweep', 'benchmark']);
  await sent[1]!.done();
  sweep.run('wasm', 'quick');
  expect(sent).toHaveLength(3);
});

it('the benchmark’s request has the layer and head to time, and its limit', async () => {
  const { sent, benchmark } = setUp();
  benchmark.run({ ...RUN, layer: 3, limitMs: 5000 });
  expect(sent[0]!.request).toMatchObject({ layer: 3, head: 2, limitMs: 5000, confirmed: false, methods: [] });
});

it('the benchmark has what was left out until the next one', async () => {
  const { store, sent, benchmark } = setUp();
  const leftOut = [{ engine: 'wasm', method: 'norm', scope: 'layer' }] as const;
  benchmark.run(RUN);
  await sent[0]!.event({ type: 'estimate', ms: 9000, needsConfirmation: false, leftOut });
  await sent[0]!.done();
  expect(store.getState().benchmark).toMatchObject({ status: 'done', estimateMs: 9000, leftOut });
  benchmark.run(RUN);
  expect(store.getState().benchmark.leftOut).toEqual([]);
});

const PROGRESS = { type: 'progress', done: 1, total: 2, msLeft: null, now: 'wasm' } as const;
const { synthetic: _, ...OF_MODEL } = RUN;

/** A model that is done, under this key. */
function doneModel(key: number): ModelState {
  const { model } = fakeResult({ id: 'a/model' });
  const opening = openingModel(key, { kind: 'hub', repo: 'a/model' }, 'a/model');
  return { ...opening, model, status: 'done' };
}

it('the benchmark receives its report after it is cancelled', async () => {
  const { store, sent, benchmark } = setUp();
  benchmark.run(RUN);
  await sent[0]!.event(PROGRESS);
  benchmark.cancel();
  expect(sent[0]!.isCancelled).toBe(true);
  expect(store.getState().benchmark.status).toBe('running');
  await sent[0]!.done();
  expect(store.getState().benchmark).toMatchObject({ status: 'done', progress: null });
});

it('the benchmark of made-up weights goes on whatever model is opened', async () => {
  const { store, sent, benchmark } = setUp();
  benchmark.run(RUN);
  await sent[0]!.done();
  store.setState({ models: [doneModel(1)] });
  expect(store.getState().benchmark.status).toBe('done');
});

it('the benchmark stops with a sentence when its model leaves, and takes no late event', async () => {
  const { store, sent, benchmark } = setUp();
  store.setState({ models: [doneModel(1)] });
  benchmark.run(OF_MODEL);
  store.setState({ models: [doneModel(2)] });
  expect(sent[0]!.isCancelled).toBe(true);
  const stopped = { ...IDLE_BENCHMARK, invalidated: true };
  expect(store.getState().benchmark).toEqual(stopped);
  await sent[0]!.event(PROGRESS);
  await sent[0]!.fail(CANCELLED);
  expect(store.getState().benchmark).toEqual(stopped);
});

it('the finished benchmark leaves with its model, and stays while a second model comes and goes', async () => {
  const { store, sent, benchmark } = setUp();
  store.setState({ models: [doneModel(1)] });
  benchmark.run(OF_MODEL);
  await sent[0]!.done();
  store.setState({ models: [doneModel(1), doneModel(2)] });
  store.setState({ models: [doneModel(1), doneModel(3)] });
  expect(store.getState().benchmark.status).toBe('done');
  store.setState({ models: [doneModel(3), doneModel(1)] });
  expect(store.getState().benchmark).toEqual(IDLE_BENCHMARK);
});

it.each(['benchmark', 'sweep'] as const)(
  'cancelling while engines start makes the %s idle at once, without late events',
  async (what) => {
    const { store, sent, benchmark, sweep } = setUp();
    const start = () => (what === 'benchmark' ? benchmark.run(RUN) : sweep.run('wasm', 'quick'));
    start();
    expect(store.getState()[what].status).toBe('running');
    (what === 'benchmark' ? benchmark : sweep).cancel();
    expect(sent[0]!.isCancelled).toBe(true);
    expect(store.getState()[what].status).toBe('idle');
    start();
    await sent[0]!.fail(CANCELLED);
    expect(sent).toHaveLength(2);
    expect(store.getState()[what]).toMatchObject({ status: 'running', error: null });
  },
);

/** Marks what the state must have for the page to be computing something. */
const WORK: readonly [words: string, work: Partial<AppState>][] = [
  [
    'scoring a model',
    { models: [{ ...openingModel(1, { kind: 'hub', repo: 'a/b' }, 'a/b'), status: 'running' }] },
  ],
  [
    'scoring a series',
    { series: { unit: 'step', status: 'running', tracks: [], shownIndex: null, bytes: null } },
  ],
  ['measuring layers', { layerMetrics: { ...IDLE_LAYER_METRICS, status: 'running' } }],
  ['computing the pinned head', { headDetails: [{ ...IDLE_DETAIL, status: 'running' }] }],
  [
    'computing the pinned head',
    { headDetails: [{ ...IDLE_DETAIL, status: 'done', pairs: { status: 'running', fraction: 0.1 } }] },
  ],
];

it.each(WORK)('the benchmark is refused with a reason while the page is %s', async (words, work) => {
  const { store, sent, benchmark, sweep } = setUp();
  store.setState(work);
  benchmark.run(RUN);
  sweep.run('wasm', 'quick');
  expect(sent).toEqual([]);
  for (const what of ['benchmark', 'sweep'] as const)
    expect(conflictingWork(store.getState(), what)).toBe(words);
  store.setState({ models: [], series: null, layerMetrics: IDLE_LAYER_METRICS, headDetails: [] });
  expect(conflictingWork(store.getState(), 'benchmark')).toBeNull();
  benchmark.run(RUN);
  expect(sent).toHaveLength(1);
});

it.each(WORK)('the page and the report name that the page was %s during a benchmark', async (words, work) => {
  const { store, sent, benchmark } = setUp();
  benchmark.run(RUN);
  expect(store.getState().benchmark.interference).toBeNull();
  store.setState(work);
  expect(store.getState().benchmark.interference).toBe(words);
  expect(store.getState().sweep.interference).toBeNull();
  // It stays said when that work is done.
  store.setState({ models: [], series: null, layerMetrics: IDLE_LAYER_METRICS, headDetails: [] });
  const report = { subject: 'x', rows: [] } as unknown as BenchmarkReport;
  await sent[0]!.event({ type: 'done', report, cancelled: false });
  await sent[0]!.done();
  expect(store.getState().benchmark.report).toEqual({ ...report, disturbed: words });
  // The next one begins undisturbed.
  benchmark.run(RUN);
  await sent[1]!.event({ type: 'done', report, cancelled: false });
  expect(store.getState().benchmark.report).toBe(report);
});

it('a recorded step is never timed by the weights of the finished model', async () => {
  const { store, sent, benchmark } = setUp();
  const { model } = fakeResult({ id: 'sample/masked' });
  const opening = openingModel(1, { kind: 'sample', name: 'masked', baseUrl: '' }, 'sample/masked');
  const recorded = { id: 'recorded', device: '', reason: '' } as const;
  const shown = { ...opening, model: { ...model, revision: 'step 100' }, engine: recorded };
  store.setState({ models: [{ ...shown, status: 'done' }] });
  benchmark.run(OF_MODEL);
  expect(sent).toEqual([]);
  expect(store.getState().benchmark).toMatchObject({
    status: 'failed',
    error: { code: 'no-weights', message: 'The weights of step 100 are not bundled: only its scores are.' },
  });
  benchmark.run(RUN);
  expect(sent).toHaveLength(1);
});
