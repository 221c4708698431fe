import type { StoreApi } from 'zustand/vanilla';
import type { SweepLadder, TimedEngineKey } from '../core/index.ts';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import { type AppState, IDLE_SWEEP, type SweepState } from './appState.ts';

/** The sweep's part of the actions. Its weights are made up: it knows no model. */
export function sweepActions(store: StoreApi<AppState>, client: WorkerClient) {
  let ticket: Ticket | null = null;

  function set(change: Partial<SweepState>): void {
    store.setState((state) => ({ sweep: { ...state.sweep, ...change } }));
  }

  return {
    sweep(engine: TimedEngineKey, ladder: SweepLadder): void {
      // Both would run in one worker and slow each other.
      if (store.getState().timing.status === 'running') return;
      ticket?.cancel();
      store.setState({ sweep: { ...IDLE_SWEEP, status: 'running' } });
      const mine = client.send({ type: 'sweep', engine, ladder }, (answer) => {
        if (ticket !== mine) return; // A newer sweep took its place.
        if (answer.type === 'sweep') {
          const { event } = answer;
          if (event.type === 'progress') set({ progress: event });
          else set({ report: event.report });
        }
        if (answer.type === 'failed') set({ status: 'failed', error: answer.error, progress: null });
        if (answer.type === 'end') {
          ticket = null;
          if (store.getState().sweep.status === 'running') set({ status: 'done', progress: null });
        }
      });
      ticket = mine;
    },
    cancel(): void {
      ticket?.cancel();
    },
  };
}
