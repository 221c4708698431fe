import type { StoreApi } from 'zustand/vanilla';
import type { SweepLadder } from '../core/benchmark/index.ts';
import type { TimedEngineKey } from '../core/engines/index.ts';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import { type AppState, IDLE_SWEEP, type SweepState } from './appState.ts';
import { noteDisturbance, workBeside } from './timesTaken.ts';

/** The sweep's part of the actions. Its weights are made up: it knows no model. */
export function sweepActions(store: StoreApi<AppState>, client: WorkerClient) {
  let ticket: Ticket | null = null;
  noteDisturbance(store, 'sweep');

  function set(change: Partial<SweepState>): void {
    store.setState((state) => ({ sweep: { ...state.sweep, ...change } }));
  }

  return {
    sweep(engine: TimedEngineKey, ladder: SweepLadder): void {
      if (workBeside(store.getState(), 'sweep') !== null) return;
      ticket?.cancel();
      store.setState({ sweep: { ...IDLE_SWEEP, status: 'running' } });
      const mine = client.send({ type: 'sweep', engine, ladder }, (answer) => {
        if (ticket !== mine) return; // A newer sweep took its place.
        if (answer.type === 'sweep') {
          const { event } = answer;
          if (event.type === 'progress') set({ progress: event });
          else {
            const { disturbed } = store.getState().sweep;
            set({ report: disturbed === null ? event.report : { ...event.report, disturbed } });
          }
        }
        if (answer.type === 'failed') set({ status: 'failed', error: answer.error, progress: null });
        if (answer.type === 'end') {
          ticket = null;
          if (store.getState().sweep.status === 'running') set({ status: 'done', progress: null });
        }
      });
      ticket = mine;
    },
    /** As the comparison's. */
    cancel(): void {
      ticket?.cancel();
      const { status, progress } = store.getState().sweep;
      if (status !== 'running' || progress !== null) return;
      ticket = null;
      set({ status: 'idle' });
    },
  };
}
