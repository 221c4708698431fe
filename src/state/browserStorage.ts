// Places in the browser where things are saved: localStorage, and IndexedDB with a deadline. Either may be closed.
import { clear, createStore, del, get, keys, set } from 'idb-keyval';
import { withDeadline } from '../core/withDeadline.ts';

/** localStorage, or what stands in for it. */
export type Place = Pick<Storage, 'getItem' | 'setItem'>;

/** A place in which nothing is saved and nothing is found. */
const NO_PLACE: Place = { getItem: () => null, setItem: () => {} };

/** Returns localStorage, or a place that saves nothing where cookies are blocked: there, naming it throws already. */
export function browserStorage(open: () => Place | null | undefined = () => globalThis.localStorage): Place {
  try {
    return open() ?? NO_PLACE;
  } catch {
    return NO_PLACE;
  }
}

/** A place for records under names, in this browser: IndexedDB, or a Map in tests. Any call may fail. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
  clear(): Promise<void>;
}

/** A store in which nothing is saved and nothing is found. */
export function createEmptyStore(): KeyValueStore {
  return {
    get: async () => undefined,
    set: async () => {},
    delete: async () => {},
    keys: async () => [],
    clear: async () => {},
  };
}

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

/** Far longer than a browser's storage takes; some hang for good (a database that another tab holds, a profile that is damaged). */
const DEADLINE_MS = 3000;

/** The same store, whose calls reject when they take too long; after one did, all do at once until it answers after all. */
export function storeWithDeadline(store: KeyValueStore): KeyValueStore {
  let hanging = 0;
  const within = <T>(call: () => Promise<T>): Promise<T> => {
    if (hanging > 0) return Promise.reject(new Error('The browser’s storage doesn’t answer.'));
    const answer = call();
    return withDeadline(answer, DEADLINE_MS, 'The browser’s storage').catch((error: unknown) => {
      hanging++;
      const over = () => void hanging--;
      answer.then(over, over);
      throw error;
    });
  };
  return {
    get: (key) => within(() => store.get(key)),
    set: (key, value) => within(() => store.set(key, value)),
    delete: (key) => within(() => store.delete(key)),
    keys: () => within(() => store.keys()),
    clear: () => within(() => store.clear()),
  };
}
