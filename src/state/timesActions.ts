import type { StoreApi } from 'zustand/vanilla';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState } from './appState.ts';
import { sweepActions } from './sweepActions.ts';
import { timingActions } from './timingActions.ts';

export type TimesActions = ReturnType<typeof timesActions>;

/** What takes times. The page's first load goes without it: the panel that needs it brings it (Actions.times). */
export function timesActions(store: StoreApi<AppState>, client: WorkerClient) {
  return { timing: timingActions(store, client), sweep: sweepActions(store, client) };
}
