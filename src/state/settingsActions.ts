import type { StoreApi } from 'zustand/vanilla';
import type { EngineOffer } from '../core/engines/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState, Settings } from './appState.ts';
import { createTask } from './task.ts';

/** The settings, and what this machine offers to choose from. */
export function settingsActions(
  store: StoreApi<AppState>,
  client: WorkerClient,
  saveSettings: (settings: Settings) => void,
) {
  const detection = createTask<readonly EngineOffer[]>();
  return {
    setSettings(change: Partial<Settings>): void {
      store.setState((state) => ({ settings: { ...state.settings, ...change } }));
      saveSettings(store.getState().settings);
    },
    /** Asks the worker which engines run here. */
    detectEngines(): void {
      detection.run((signal) => client.stream('engines', null, signal), {
        onEvent: (engines) => store.setState({ engines }),
        // Without a worker nothing can be chosen, and every model says why.
        onEnd() {},
      });
    },
  };
}
