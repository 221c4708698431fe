// What is saved for a request. A browser's storage that hangs counts as empty: the page mustn't wait for it.
import { withDeadline } from '../core/withDeadline.ts';
import { isolationOffName, type Route, savedKey } from './requests.ts';

/** A cache answers within milliseconds; some hang for good, ms. */
const DEADLINE_MS = 3000;

/**
 * Finds what is saved for a route.
 * @param openCache opens this version's cache
 * @returns the cache, for what is saved later; null where storage is closed, damaged or hangs
 */
export async function savedAnswer(
  scope: string,
  route: Route,
  openCache: () => Promise<Cache>,
): Promise<{ readonly cache: Cache | null; readonly saved: Response | undefined }> {
  const find = async () => {
    const isolates = route.kind !== 'page' || !(await caches.has(isolationOffName(scope)));
    const cache = await openCache();
    return { cache, saved: await cache.match(scope + savedKey(route, isolates)) };
  };
  return withDeadline(find(), DEADLINE_MS, 'The browser’s storage').catch(() => ({
    cache: null,
    saved: undefined,
  }));
}
