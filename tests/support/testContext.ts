// The context of the state's actions with nothing of a browser in it: a test gives what it plays.
import { type AppState, createAppStore, INITIAL_STATE } from '../../src/state/appState.ts';
import { type Context, createContext, type Outside } from '../../src/state/context.ts';
import type { ResultCache } from '../../src/state/resultCache.ts';
import { createSavedMappings } from '../../src/state/savedMappings.ts';
import { fakeClient } from './fakeClient.ts';
import { storageOf } from './storage.ts';

/** A cache of scores in which nothing is found. */
export const NO_RESULTS: ResultCache = {
  read: async () => null,
  write: async () => {},
  rewrite: async () => {},
  readKey: async () => null,
  writeKey: async () => {},
  keys: async () => [],
  count: async () => 0,
  clear: async () => {},
};

/** What the actions reach outside the state, played: nothing is saved, scores are shown at once, the time is 0. */
export function testOutside(parts: Partial<Outside> = {}): Outside {
  return {
    client: fakeClient(),
    now: () => 0,
    schedule: (show) => show(),
    sampleUrl: 'http://x/',
    storage: storageOf(),
    results: NO_RESULTS,
    mappings: createSavedMappings(storageOf()),
    opfs: undefined,
    loadOAuth: () => Promise.reject(new Error('not in this test')),
    ...parts,
  };
}

/** A context around a new store. */
export function testContext(parts: Partial<Outside> = {}): Context<AppState> {
  return createContext(createAppStore(INITIAL_STATE.settings), testOutside(parts));
}
