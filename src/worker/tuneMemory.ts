import { createStore, get, set } from 'idb-keyval';
import type { TuneMemory } from '../core/index.ts';

/** What was measured of this machine's adapters, kept in the browser; where that is forbidden, each visit measures anew. */
export function createTuneMemory(): TuneMemory {
  // Opened at the first call: some private windows refuse it.
  const store = () => createStore('qkscope-adapters', 'measured');
  return {
    read: async (key) => get<string>(key, store()),
    write: async (key, value) => set(key, value, store()),
  };
}
