import { withDeadline } from '../core/withDeadline.ts';
import type { KeyValueStore } from './resultCache.ts';

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
