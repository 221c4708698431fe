import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { readOpfsFile } from '../../../../src/core/bytes/opfsFile.ts';
import { createOpfsRanges } from '../../../../src/core/bytes/opfsRanges.ts';
import { cachedSource, type RangeCache } from '../../../../src/core/bytes/rangeCache.ts';
import { type FakeFolder, fakeOpfs } from '../../../support/opfs.ts';

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

describe('cached ranges', () => {
  it('are read a second time without opening the file at all', async () => {
    const cache = createOpfsRanges(fakeOpfs());
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
    const cache = createOpfsRanges(fakeOpfs());
    const source = await cachedSource('m', URL_OF, cache, counted().open);
    await source.read(0, 30);
    await source.read(30, 50);
    expect(await cache.usage()).toEqual({ bytes: 50, ranges: 2 });
    await cache.clear();
    expect(await cache.usage()).toEqual({ bytes: 0, ranges: 0 });
  });

  it('are cached again after another tab cleared them', async () => {
    const openRoot = fakeOpfs();
    const cache = createOpfsRanges(openRoot);
    const source = await cachedSource('m', URL_OF, cache, counted().open);
    await source.read(0, 30);
    await createOpfsRanges(openRoot).clear();
    expect(await source.read(0, 30)).toEqual(data.slice(0, 30));
    expect(await cache.usage()).toEqual({ bytes: 30, ranges: 1 });
    expect(await cache.read(URL_OF, 0, 30)).toEqual(data.slice(0, 30));
  });

  it('are absent when they were written in part', async () => {
    const openRoot = fakeOpfs();
    const file = counted();
    await (await cachedSource('m', URL_OF, createOpfsRanges(openRoot), file.open)).read(0, 30);
    const all = await (await openRoot()).getDirectoryHandle('qkscope-ranges-1');
    const [folder] = (all as unknown as FakeFolder).children.values();
    (await (folder as FakeFolder).getFileHandle('0-30')).bytes = data.slice(0, 29);
    const again = await cachedSource('m', URL_OF, createOpfsRanges(openRoot), file.open);
    expect(await again.read(0, 30)).toEqual(data.slice(0, 30));
    expect(file.opened()).toBe(2);
  });

  it('are separate for two files', async () => {
    const cache = createOpfsRanges(fakeOpfs());
    await (await cachedSource('m', URL_OF, cache, counted().open)).read(0, 30);
    expect(await cache.read(`${URL_OF}?other`, 0, 30)).toBeNull();
  });

  it('are absent where the cache fails', async () => {
    const fails = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const broken: RangeCache = { read: fails, write: fails, sizeOf: fails, writeSize: fails };
    const source = await cachedSource('m', URL_OF, broken, counted().open);
    expect(await source.read(0, 5)).toEqual(data.slice(0, 5));
  });
});

describe('a private file system that hangs', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const never = () => new Promise<never>(() => {});

  /** Held ranges whose files never open once `hang` was called; how often it was tried. */
  async function hanging(step: 'createSyncAccessHandle' | 'getFileHandle') {
    const openRoot = fakeOpfs();
    const before = counted();
    await (await cachedSource('m', URL_OF, createOpfsRanges(openRoot), before.open)).read(0, 30);
    let tries = 0;
    const hang = async () => {
      tries++;
      return never();
    };
    const all = await (await openRoot()).getDirectoryHandle('qkscope-ranges-1');
    const [folder] = (all as unknown as FakeFolder).children.values();
    for (const file of (folder as FakeFolder).children.values())
      if (step === 'createSyncAccessHandle') Object.assign(file, { createSyncAccessHandle: hang });
    if (step === 'getFileHandle') Object.assign(folder!, { getFileHandle: hang });
    return { cache: createOpfsRanges(openRoot), tries: () => tries };
  }

  it.each(['createSyncAccessHandle', 'getFileHandle'] as const)(
    'at %s is left after its deadline for the file itself, and not tried again',
    async (step) => {
      const { cache, tries } = await hanging(step);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const file = counted();
      const opening = cachedSource('m', URL_OF, cache, file.open);
      while (tries() === 0) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(10_000);
      const source = await opening;
      const into = new Uint8Array(30);
      const reading = source.read(0, 30, { into });
      await vi.advanceTimersByTimeAsync(0);
      vi.useRealTimers();
      expect(await reading).toEqual(data.slice(0, 30));
      expect([source.size, into, file.opened(), tries()]).toEqual([100, data.slice(0, 30), 1, 1]);
    },
  );

  it('has a handle that comes after the deadline closed without a write', async () => {
    vi.useFakeTimers();
    let give = (_handle: unknown) => {};
    let isClosed = false;
    const handle = { name: '0-4', createSyncAccessHandle: () => new Promise((resolve) => (give = resolve)) };
    const into = new Uint8Array(4);
    const reading = readOpfsFile(handle as unknown as FileSystemFileHandle, into);
    const refused = expect(reading).rejects.toThrow(/Opening 0-4 in the browser's storage didn't answer/);
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    give({ getSize: () => 4, read: (to: Uint8Array) => to.fill(7), close: () => (isClosed = true) });
    await vi.advanceTimersByTimeAsync(0);
    expect([isClosed, into]).toEqual([true, new Uint8Array(4)]);
  });
});
