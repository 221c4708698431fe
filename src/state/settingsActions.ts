import type { StoreApi } from 'zustand/vanilla';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState, Settings } from './appState.ts';

/** The settings, and what this machine offers to choose from. */
export function settingsActions(
  store: StoreApi<AppState>,
  client: WorkerClient,
  saveSettings: (settings: Settings) => void,
) {
  return {
    setSettings(change: Partial<Settings>): void {
      store.setState((state) => ({ settings: { ...state.settings, ...change } }));
      saveSettings(store.getState().settings);
    },
    /** Asks the worker which engines run here. */
    detectEngines(): void {
      client.send({ type: 'engines' }, (answer) => {
        if (answer.type === 'engines') store.setState({ engines: answer.offers });
      });
    },
  };
}
