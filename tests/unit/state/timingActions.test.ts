import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type AppState, INITIAL_STATE } from '../../../src/state/appState.ts';
import { sweepActions } from '../../../src/state/sweepActions.ts';
import { timingActions } from '../../../src/state/timingActions.ts';
import type { WorkerClient } from '../../../src/worker/client.ts';
import type { WorkerAnswer } from '../../../src/worker/protocol.ts';

const SHAPE = { layers: 1, heads: 4, kvHeads: 4, dModel: 16, dHead: 4 };
const RUN = { engines: ['wasm'], scopes: ['head'], region: 'kernel', synthetic: SHAPE, head: 2 } as const;

function setUp() {
  const store = createStore<AppState>()(() => INITIAL_STATE);
  const sent: { body: Parameters<WorkerClient['send']>[0]; answer: (answer: WorkerAnswer) => void }[] = [];
  const client: WorkerClient = {
    send(body, answer) {
      sent.push({ body, answer });
      return { id: sent.length, cancel() {} };
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
