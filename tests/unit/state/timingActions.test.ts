import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type AppState, IDLE_TIMING, INITIAL_STATE } from '../../../src/state/appState.ts';
import { openingModel } from '../../../src/state/modelReducer.ts';
import { sweepActions } from '../../../src/state/sweepActions.ts';
import { timingActions } from '../../../src/state/timingActions.ts';
import type { WorkerClient } from '../../../src/worker/client.ts';
import type { WorkerAnswer } from '../../../src/worker/protocol.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const SHAPE = { layers: 1, heads: 4, kvHeads: 4, dModel: 16, dHead: 4 };
const RUN = { engines: ['wasm'], scopes: ['head'], region: 'kernel', synthetic: SHAPE, head: 2 } as const;

function setUp() {
  const store = createStore<AppState>()(() => INITIAL_STATE);
  const sent: {
    body: Parameters<WorkerClient['send']>[0];
    answer: (answer: WorkerAnswer) => void;
    isCancelled: boolean;
  }[] = [];
  const client: WorkerClient = {
    send(body, answer) {
      const one = { body, answer, isCancelled: false };
      sent.push(one);
      return { id: sent.length, cancel: () => (one.isCancelled = true) };
    },
  };
  return { store, sent, timing: timingActions(store, client), sweep: sweepActions(store, client) };
}

it('a comparison doesn’t start while the sweep runs, nor the sweep while a comparison does', () => {
  const { store, sent, timing, sweep } = setUp();
  sweep.sweep('wasm', 'quick');
  timing.compare(RUN);
  expect(sent.map(({ body }) => body.type)).toEqual(['sweep']);
  expect(store.getState().timing.status).toBe('idle');
  sent[0]!.answer({ id: 1, type: 'end' });
  timing.compare(RUN);
  sweep.sweep('wasm', 'quick');
  expect(sent.map(({ body }) => body.type)).toEqual(['sweep', 'benchmark']);
  sent[1]!.answer({ id: 2, type: 'end' });
  sweep.sweep('wasm', 'quick');
  expect(sent).toHaveLength(3);
});

it('the request says which layer and head are timed', () => {
  const { sent, timing } = setUp();
  timing.compare({ ...RUN, layer: 3 });
  expect(sent[0]!.body).toMatchObject({ type: 'benchmark', layer: 3, head: 2 });
});

it('cancelled, it still hears the report of what was timed; stopped, since its model has left, it hears nothing', () => {
  const { store, sent, timing } = setUp();
  const progress = { type: 'progress', done: 1, total: 2, msLeft: null, now: 'wasm' } as const;
  timing.compare(RUN);
  timing.cancel();
  expect(sent[0]!.isCancelled).toBe(true);
  sent[0]!.answer({ id: 1, type: 'benchmark', event: progress });
  sent[0]!.answer({ id: 1, type: 'end' });
  expect(store.getState().timing).toMatchObject({ status: 'done', progress: null });
  // Made-up weights stay whatever model is opened.
  timing.stop();
  expect(store.getState().timing.status).toBe('done');
  const { model } = fakeResult({ id: 'a/model' });
  const opening = openingModel(1, { kind: 'hub', repo: 'a/model' }, 'a/model');
  store.setState({ models: [{ ...opening, model }] });
  const { synthetic: _, ...ofModel } = RUN;
  timing.compare(ofModel);
  timing.stop();
  expect(sent[1]!.isCancelled).toBe(true);
  expect(store.getState().timing).toBe(IDLE_TIMING);
  sent[1]!.answer({ id: 2, type: 'benchmark', event: progress });
  sent[1]!.answer({ id: 2, type: 'failed', error: { code: 'cancelled', message: '', permanent: false } });
  sent[1]!.answer({ id: 2, type: 'end' });
  expect(store.getState().timing).toBe(IDLE_TIMING);
});

it('a recorded step has no weights to time, and is never timed by those of the finished model', () => {
  const { store, sent, timing } = setUp();
  const { model } = fakeResult({ id: 'sample/masked' });
  const opening = openingModel(1, { kind: 'sample', name: 'masked', baseUrl: '' }, 'sample/masked');
  const recorded = { id: 'recorded', device: '', reason: '' } as const;
  store.setState({ models: [{ ...opening, model: { ...model, revision: 'step 100' }, engine: recorded }] });
  const { synthetic: _, ...run } = RUN;
  timing.compare(run);
  expect(sent).toEqual([]);
  expect(store.getState().timing).toMatchObject({
    status: 'failed',
    error: { code: 'no-weights', message: 'The weights of step 100 are not bundled: only its scores are.' },
  });
  timing.compare(RUN);
  expect(sent).toHaveLength(1);
});
