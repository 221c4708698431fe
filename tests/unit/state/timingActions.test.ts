import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { BenchmarkReport } from '../../../src/core/result/benchmarkReport.ts';
import {
  type AppState,
  IDLE_BENCHMARK,
  IDLE_DETAIL,
  IDLE_LAYER_METRICS,
  INITIAL_STATE,
} from '../../../src/state/appState.ts';
import { openingModel } from '../../../src/state/modelReducer.ts';
import { sweepActions } from '../../../src/state/sweepActions.ts';
import { conflictingWork } from '../../../src/state/timesTaken.ts';
import { timingActions } from '../../../src/state/timingActions.ts';
import { CANCELLED, fakeClient } from '../../support/fakeClient.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const SHAPE = { layers: 1, heads: 4, kvHeads: 4, dModel: 16, dHead: 4 };
const RUN = { engines: ['wasm'], scopes: ['head'], region: 'kernel', synthetic: SHAPE, head: 2 } as const;

function setUp() {
  const store = createStore<AppState>()(() => INITIAL_STATE);
  const client = fakeClient();
  return {
    store,
    sent: client.calls,
    client,
    timing: timingActions(store, client),
    sweep: sweepActions(store, client),
  };
}

it('a comparison doesn’t start while the sweep runs, nor the sweep while a comparison does', async () => {
  const { store, sent, timing, sweep } = setUp();
  sweep.sweep('wasm', 'quick');
  timing.compare(RUN);
  expect(sent.map(({ name }) => name)).toEqual(['sweep']);
  expect(store.getState().benchmark.status).toBe('idle');
  await sent[0]!.done();
  timing.compare(RUN);
  sweep.sweep('wasm', 'quick');
  expect(sent.map(({ name }) => name)).toEqual(['sweep', 'benchmark']);
  await sent[1]!.done();
  sweep.sweep('wasm', 'quick');
  expect(sent).toHaveLength(3);
});

it('the request says which layer and head are timed', async () => {
  const { sent, timing } = setUp();
  timing.compare({ ...RUN, layer: 3 });
  expect(sent[0]!.request).toMatchObject({ layer: 3, head: 2 });
});

it('cancelled, it still hears the report of what was timed; stopped, since its model has left, it hears nothing', async () => {
  const { store, sent, timing } = setUp();
  const progress = { type: 'progress', done: 1, total: 2, msLeft: null, now: 'wasm' } as const;
  timing.compare(RUN);
  await sent[0]!.event(progress);
  timing.cancel();
  expect(sent[0]!.isCancelled).toBe(true);
  expect(store.getState().benchmark.status).toBe('running');
  await sent[0]!.done();
  expect(store.getState().benchmark).toMatchObject({ status: 'done', progress: null });
  // Made-up weights stay whatever model is opened.
  timing.stop();
  expect(store.getState().benchmark.status).toBe('done');
  const { model } = fakeResult({ id: 'a/model' });
  const opening = openingModel(1, { kind: 'hub', repo: 'a/model' }, 'a/model');
  store.setState({ models: [{ ...opening, model, status: 'done' }] });
  const { synthetic: _, ...ofModel } = RUN;
  timing.compare(ofModel);
  timing.stop();
  expect(sent[1]!.isCancelled).toBe(true);
  const stopped = { ...IDLE_BENCHMARK, invalidated: true };
  expect(store.getState().benchmark).toEqual(stopped);
  await sent[1]!.event(progress);
  await sent[1]!.fail(CANCELLED);
  expect(store.getState().benchmark).toEqual(stopped);
  // What nothing ran of is gone without a word.
  timing.stop();
  expect(store.getState().benchmark).toBe(IDLE_BENCHMARK);
});

it.each(['benchmark', 'sweep'] as const)(
  'cancelled while engines start, the %s is idle at once, and what comes late of it is not heard',
  async (what) => {
    const { store, sent, timing, sweep } = setUp();
    const start = () => (what === 'benchmark' ? timing.compare(RUN) : sweep.sweep('wasm', 'quick'));
    start();
    expect(store.getState()[what].status).toBe('running');
    (what === 'benchmark' ? timing : sweep).cancel();
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

it.each(WORK)('while the page is %s no times are taken, and the page says why', async (words, work) => {
  const { store, sent, timing, sweep } = setUp();
  store.setState(work);
  timing.compare(RUN);
  sweep.sweep('wasm', 'quick');
  expect(sent).toEqual([]);
  for (const what of ['benchmark', 'sweep'] as const)
    expect(conflictingWork(store.getState(), what)).toBe(words);
  store.setState({ models: [], series: null, layerMetrics: IDLE_LAYER_METRICS, headDetails: [] });
  expect(conflictingWork(store.getState(), 'benchmark')).toBeNull();
  timing.compare(RUN);
  expect(sent).toHaveLength(1);
});

it.each(WORK)(
  'when the page is %s during a comparison, the page and the report say so',
  async (words, work) => {
    const { store, sent, timing } = setUp();
    timing.compare(RUN);
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
    timing.compare(RUN);
    await sent[1]!.event({ type: 'done', report, cancelled: false });
    expect(store.getState().benchmark.report).toBe(report);
  },
);

it('a recorded step has no weights to time, and is never timed by those of the finished model', async () => {
  const { store, sent, timing } = setUp();
  const { model } = fakeResult({ id: 'sample/masked' });
  const opening = openingModel(1, { kind: 'sample', name: 'masked', baseUrl: '' }, 'sample/masked');
  const recorded = { id: 'recorded', device: '', reason: '' } as const;
  const shown = { ...opening, model: { ...model, revision: 'step 100' }, engine: recorded };
  store.setState({ models: [{ ...shown, status: 'done' }] });
  const { synthetic: _, ...run } = RUN;
  timing.compare(run);
  expect(sent).toEqual([]);
  expect(store.getState().benchmark).toMatchObject({
    status: 'failed',
    error: { code: 'no-weights', message: 'The weights of step 100 are not bundled: only its scores are.' },
  });
  timing.compare(RUN);
  expect(sent).toHaveLength(1);
});
