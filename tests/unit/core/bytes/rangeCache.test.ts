import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { createCacheStorageRanges } from '../../../../src/core/bytes/cacheStorageRanges.ts';
import { cachedSource, type RangeCache } from '../../../../src/core/bytes/rangeCache.ts';

/** The part of Cache Storage that is used, with its rule that partial answers are refused. */
function fakeStorage(): CacheStorage {
  const caches = new Map<string, Map<string, Response>>();
  const open = async (name: string) => {
    const held = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, held);
    const keyOf = (request: RequestInfo | URL) =>
      request instanceof Request ? request.url : String(request);
    return {
      match: async (request: RequestInfo | URL) => held.get(keyOf(request))?.clone(),
      put: async (request: RequestInfo | URL, response: Response) => {
        if (response.status === 206) throw new TypeError('partial');
        held.set(keyOf(request), response);
      },
      keys: async () => [...held.keys()].map((url) => new Request(url)),
    } as unknown as Cache;
  };
  return { open, delete: async (name: string) => caches.delete(name) } as unknown as CacheStorage;
}

const data = Uint8Array.from({ length: 100 }, (_, at) => at);
const URL_OF = 'https://hub.example/o/m/resolve/abc/model.safetensors';

function counted() {
  let opened = 0;
  const open = async () => {
    opened++;
    return createBlobSource('model.safetensors', new Blob([data]));
  };
  return { open, opened: () => opened };
}

describe('ranges that are kept', () => {
  it('are read a second time without opening the file at all', async () => {
    const cache = createCacheStorageRanges(fakeStorage());
    const file = counted();
    const first = await cachedSource('m', URL_OF, cache, file.open);
    expect(first.size).toBe(100);
    expect(await first.read(10, 20)).toEqual(data.slice(10, 20));
    const second = await cachedSource('m', URL_OF, cache, file.open);
    const into = new Uint8Array(10);
    let told = 0;
    await second.read(10, 20, { into, onBytes: (more) => (told += more) });
    expect([second.size, into, told, file.opened()]).toEqual([100, data.slice(10, 20), 10, 1]);
    expect(await second.read(11, 20)).toEqual(data.slice(11, 20));
    expect(file.opened()).toBe(2);
  });

  it('are counted, and cleared', async () => {
    const cache = createCacheStorageRanges(fakeStorage());
    const source = await cachedSource('m', URL_OF, cache, counted().open);
    await source.read(0, 30);
    await source.read(30, 50);
    expect(await cache.usage()).toEqual({ bytes: 50, ranges: 2 });
    await cache.clear();
    expect(await cache.usage()).toEqual({ bytes: 0, ranges: 0 });
  });

  it('a cache that fails is as if it were empty', async () => {
    const fails = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const broken: RangeCache = { read: fails, write: fails, sizeOf: fails, writeSize: fails };
    const source = await cachedSource('m', URL_OF, broken, counted().open);
    expect(await source.read(0, 5)).toEqual(data.slice(0, 5));
  });
});
