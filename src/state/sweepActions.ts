import type { StoreApi } from 'zustand/vanilla';
import type { SweepEvent, SweepLadder } from '../core/benchmark/index.ts';
import type { TimedEngineKey } from '../core/engines/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import { type AppState, IDLE_SWEEP, type SweepState } from './appState.ts';
import { createTask } from './task.ts';
import { conflictingWork, watchInterference } from './timesTaken.ts';

/** The sweep's part of the actions. Its weights are made up: it knows no model. */
export function sweepActions(store: StoreApi<AppState>, client: WorkerClient) {
  const task = createTask<SweepEvent>();
  watchInterference(store, 'sweep');

  function set(change: Partial<SweepState>): void {
    store.setState((state) => ({ sweep: { ...state.sweep, ...change } }));
  }

  return {
    sweep(engine: TimedEngineKey, ladder: SweepLadder): void {
      if (conflictingWork(store.getState(), 'sweep') !== null) return;
      store.setState({ sweep: { ...IDLE_SWEEP, status: 'running' } });
      task.run((signal) => client.stream('sweep', { engine, ladder }, signal), {
        onEvent(event) {
          if (event.type === 'progress') return set({ progress: event });
          const { interference } = store.getState().sweep;
          set({
            report: interference === null ? event.report : { ...event.report, disturbed: interference },
          });
        },
        onEnd(error) {
          if (error === null) set({ status: 'done', progress: null });
          else set({ status: 'failed', error, progress: null });
        },
      });
    },
    /** As the comparison's. */
    cancel(): void {
      task.cancel();
      const { status, progress } = store.getState().sweep;
      if (status !== 'running' || progress !== null) return;
      task.dispose();
      set({ status: 'idle' });
    },
  };
}
