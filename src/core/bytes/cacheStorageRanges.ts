import type { RangeCache } from './rangeCache.ts';

/** Everything lies in one named cache, so that it can be counted and cleared. */
const CACHE = 'qkscope-ranges-1';

export interface RangeStore extends RangeCache {
  /** Bytes of all ranges, and how many there are. */
  usage(): Promise<{ readonly bytes: number; readonly ranges: number }>;
  clear(): Promise<void>;
}

/**
 * Ranges in the browser's Cache Storage. It refuses partial answers (206), so each range is kept as a whole answer under an
 * address of its own, which is never fetched. Sizes of files are kept as answers without a body.
 */
export function createCacheStorageRanges(storage: CacheStorage): RangeStore {
  const open = () => storage.open(CACHE);
  const addressOf = (file: string, part: string) =>
    `https://ranges.invalid/${encodeURIComponent(file)}?${part}`;
  return {
    async read(file, begin, end) {
      const held = await (await open()).match(addressOf(file, `${begin}-${end}`));
      return held === undefined ? null : new Uint8Array(await held.arrayBuffer());
    },
    async write(file, begin, bytes) {
      const headers = { 'Content-Length': String(bytes.length) };
      const answer = new Response(bytes.slice(), { headers });
      await (await open()).put(addressOf(file, `${begin}-${begin + bytes.length}`), answer);
    },
    async sizeOf(file) {
      const held = await (await open()).match(addressOf(file, 'size'));
      const size = Number(held?.headers.get('X-Size') ?? Number.NaN);
      return Number.isSafeInteger(size) ? size : null;
    },
    async writeSize(file, size) {
      await (await open()).put(
        addressOf(file, 'size'),
        new Response(null, { headers: { 'X-Size': String(size) } }),
      );
    },
    async usage() {
      const cache = await open();
      let [bytes, ranges] = [0, 0];
      for (const request of await cache.keys()) {
        const length = (await cache.match(request))?.headers.get('Content-Length');
        if (length === null || length === undefined) continue;
        bytes += Number(length);
        ranges++;
      }
      return { bytes, ranges };
    },
    async clear() {
      await storage.delete(CACHE);
    },
  };
}
