import { createStore } from 'zustand/vanilla';
import { type AppState, INITIAL_STATE, type Settings } from './appState.ts';

/** The page's one store. Components read it; only actions write it. */
export function createAppStore(settings: Settings) {
  return createStore<AppState>(() => ({ ...INITIAL_STATE, settings }));
}
