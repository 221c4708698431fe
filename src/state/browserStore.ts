import { clear, createStore, del, get, keys, set } from 'idb-keyval';
import type { KeyValueStore } from './resultCache.ts';

/** IndexedDB. Opened at the first call: some private windows refuse it, which the callers bear. */
export function createBrowserStore(): KeyValueStore {
  let opened: ReturnType<typeof createStore> | null = null;
  const store = () => {
    opened ??= createStore('qkscope', 'scores');
    return opened;
  };
  return {
    get: async (key) => get(key, store()),
    set: async (key, value) => set(key, value, store()),
    delete: async (key) => del(key, store()),
    keys: async () => (await keys(store())).map(String),
    clear: async () => clear(store()),
  };
}
