// What was measured of this machine's graphics adapters, saved in the browser.
import { createStore, get, set } from 'idb-keyval';
import type { AdapterCache } from '../core/engines/index.ts';
import { withDeadline } from '../core/withDeadline.ts';

/** Some storages hang for good; an engine's start doesn't wait for them. */
const DEADLINE_MS = 3000;

/** Reads and saves measurements by adapter; where the browser forbids storage, each visit measures again. */
export function createAdapterCache(): AdapterCache {
  // Opened at the first call: some private windows refuse it.
  const store = () => createStore('qkscope-adapters', 'measured');
  const within = <T>(reply: Promise<T>) => withDeadline(reply, DEADLINE_MS, 'The browser’s storage');
  return {
    read: async (key) => within(get<string>(key, store())),
    write: async (key, value) => within(set(key, value, store())),
  };
}
