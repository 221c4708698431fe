import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { createFileReaders } from '../../../../src/core/bytes/fileReaders.ts';
import { readOpfsFile } from '../../../../src/core/bytes/opfsFile.ts';
import { createOpfsRanges } from '../../../../src/core/bytes/opfsRanges.ts';
import { beginWriting, endWriting, isWanted } from '../../../../src/core/bytes/partState.ts';
import { cachedSource } from '../../../../src/core/bytes/rangeCache.ts';
import type {
  FileReadAnswer,
  FileReadRequest,
  ReadingThread,
} from '../../../../src/core/bytes/readingThread.ts';
import { type FakeFolder, fakeOpfs } from '../../../support/opfs.ts';

const MB = 1024 * 1024;
const bytes = Uint8Array.from({ length: 21 * MB + 7 }, (_, at) => (at * 31 + (at >> 11)) & 0xff);
const blob = new Blob([bytes]);

/** Threads that read for real, each one request after the other, and say how many were at it at once. */
function threads(count: number, answer?: (begin: number) => FileReadAnswer | null) {
  const seen = { busy: 0, most: 0, read: 0 };
  const make = (): ReadingThread => {
    let turn: Promise<unknown> = Promise.resolve();
    const read = async ({ file, begin, end, memory, offset, stop }: FileReadRequest) => {
      if (new Int32Array(stop)[0] !== 0) return { error: null };
      seen.read++;
      seen.most = Math.max(seen.most, ++seen.busy);
      const part = new Uint8Array(memory, offset, end - begin);
      if (file instanceof Blob) part.set(new Uint8Array(await file.slice(begin, end).arrayBuffer()));
      else await readOpfsFile(file, part);
      seen.busy--;
      return answer?.(begin) ?? { error: null };
    };
    return {
      read(request) {
        const mine = turn.then(() => read(request));
        turn = mine;
        return mine;
      },
    };
  };
  return { seen, readers: createFileReaders(Array.from({ length: count }, make), 4 * MB) };
}

const shared = (size: number, offset = 0) => new Uint8Array(new SharedArrayBuffer(size + offset), offset);

describe('reading by several threads', () => {
  test('puts every byte where it belongs with all threads at work, and counts them', async () => {
    const { seen, readers } = threads(3);
    const source = createBlobSource('big', blob, readers);
    const [begin, end] = [5, 20 * MB + 3];
    const into = shared(end - begin, 64);
    let counted = 0;
    const onBytes = (more: number) => {
      counted += more;
    };
    expect(await source.read(begin, end, { into, onBytes })).toBe(into);
    expect(Buffer.compare(into, bytes.subarray(begin, end))).toBe(0);
    expect(seen.most).toBe(3);
    expect(counted).toBe(end - begin);
  });

  test('leaves no listener on the signal, and rejects when the byte counter throws', async () => {
    const { signal } = new AbortController();
    const { readers } = threads(2);
    await readers.read(blob, 0, 2 * MB, shared(2 * MB), { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const onBytes = () => {
      throw new Error('of the counter');
    };
    const failing = readers.read(blob, 0, 2 * MB, shared(2 * MB), { signal, onBytes });
    await expect(failing).rejects.toThrow('of the counter');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('shares the threads between two reads at once', async () => {
    const { seen, readers } = threads(2);
    const source = createBlobSource('big', blob, readers);
    const [a, b] = [shared(9 * MB), shared(9 * MB)];
    await Promise.all([source.read(0, 9 * MB, { into: a }), source.read(9 * MB, 18 * MB, { into: b })]);
    expect(Buffer.compare(a, bytes.subarray(0, 9 * MB))).toBe(0);
    expect(Buffer.compare(b, bytes.subarray(9 * MB, 18 * MB))).toBe(0);
    expect(seen.most).toBe(2);
  });

  test('needs no thread for short reads and reads into unshared memory', async () => {
    const { seen, readers } = threads(2);
    const source = createBlobSource('big', blob, readers);
    await source.read(0, 1000, { into: shared(1000) });
    await source.read(0, 2 * MB);
    expect(seen.read).toBe(0);
  });

  test('names the file of a part that can’t be read, and serves the next read', async () => {
    let isBroken = true;
    const { seen, readers } = threads(2, () => (isBroken ? { error: 'NotReadableError: gone' } : null));
    const source = createBlobSource('big', blob, readers);
    await expect(source.read(0, 20 * MB, { into: shared(20 * MB) })).rejects.toMatchObject({
      code: 'file-changed',
      where: 'big',
    });
    // What was waiting isn't begun any more.
    expect(seen.read).toBeLessThan(5);
    isBroken = false;
    const into = shared(6 * MB);
    await source.read(0, 6 * MB, { into });
    expect(Buffer.compare(into, bytes.subarray(0, 6 * MB))).toBe(0);
  });

  test('reads the file without threads when they can’t start or die midway', async () => {
    const refuses: ReadingThread = { read: () => Promise.reject(new Error('workers are refused')) };
    const dies: ReadingThread = { read: async () => 'stopped' };
    for (const readers of [createFileReaders([refuses]), createFileReaders([dies, refuses])]) {
      const into = shared(9 * MB + 1);
      let counted = 0;
      const onBytes = (more: number) => {
        counted += more;
      };
      await createBlobSource('big', blob, readers).read(3, 9 * MB + 4, { into, onBytes });
      expect(Buffer.compare(into, bytes.subarray(3, 9 * MB + 4))).toBe(0);
      expect(counted).toBe(9 * MB + 1);
    }
  });

  test('writes a range that is being cached by one thread', async () => {
    const { seen, readers } = threads(2);
    const ranges = createOpfsRanges(fakeOpfs(), readers);
    await ranges.write('file', 3, bytes.subarray(3, 9 * MB));
    const into = shared(9 * MB - 3, 64);
    expect(await ranges.read('file', 3, 9 * MB, into)).toBe(into);
    expect(Buffer.compare(into, bytes.subarray(3, 9 * MB))).toBe(0);
    expect(seen.read).toBe(1);
    const own = await ranges.read('file', 3, 9 * MB);
    expect(Buffer.compare(own!, bytes.subarray(3, 9 * MB))).toBe(0);
    expect(seen.read).toBe(1);
  });

  test('reads a partly written cached range from the file', async () => {
    const { readers } = threads(2);
    const openRoot = fakeOpfs();
    const ranges = createOpfsRanges(openRoot, readers);
    const source = await cachedSource('m', 'file', ranges, async () => createBlobSource('big', blob));
    await source.read(0, 3 * MB);
    const all = await (await openRoot()).getDirectoryHandle('qkscope-ranges-1');
    const [folder] = (all as unknown as FakeFolder).children.values();
    (await (folder as FakeFolder).getFileHandle(`0-${3 * MB}`)).bytes = new Uint8Array(2 * MB);
    const into = shared(3 * MB);
    await source.read(0, 3 * MB, { into });
    expect(Buffer.compare(into, bytes.subarray(0, 3 * MB))).toBe(0);
  });

  test('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const { seen, readers } = threads(1, () => {
      controller.abort();
      return null;
    });
    const source = createBlobSource('big', blob, readers);
    const reading = source.read(0, 20 * MB, { into: shared(20 * MB), signal: controller.signal });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.read).toBe(1);
  });
});

describe('a thread that doesn’t respond', () => {
  afterEach(() => void vi.useRealTimers());

  /** Never answers; what it was asked is kept. */
  function silent() {
    const asked: FileReadRequest[] = [];
    const seen = { closed: 0 };
    const thread: ReadingThread = {
      read: (request) => {
        asked.push(request);
        return new Promise(() => {});
      },
      close: () => void seen.closed++,
    };
    return { asked, seen, thread };
  }
  /** Reads at once. */
  function working() {
    const asked: FileReadRequest[] = [];
    const thread: ReadingThread = {
      async read(request) {
        asked.push(request);
        const { begin, end, memory, offset } = request;
        new Uint8Array(memory, offset, end - begin).set(bytes.subarray(begin, end));
        return { error: null };
      },
    };
    return { asked, thread };
  }

  test('is waited for once, replaced for what it owes, and not used again', async () => {
    vi.useFakeTimers();
    const [bad, good] = [silent(), working()];
    const readers = createFileReaders([bad.thread, good.thread], 4 * MB, 5000);
    const source = createBlobSource('big', blob, readers);
    const into = shared(9 * MB);
    let counted = 0;
    const onBytes = (more: number) => {
      counted += more;
    };
    const reading = source.read(7, 9 * MB + 7, { into, onBytes });
    await vi.advanceTimersByTimeAsync(4999);
    expect(bad.seen.closed).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await reading;
    expect(Buffer.compare(into, bytes.subarray(7, 9 * MB + 7))).toBe(0);
    expect(counted).toBe(9 * MB);
    expect(bad.seen.closed).toBe(1);
    const before = bad.asked.length;
    await source.read(0, 9 * MB, { into });
    expect(bad.asked).toHaveLength(before);
    expect(Buffer.compare(into, bytes.subarray(0, 9 * MB))).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is waited for while it brings something now and then', async () => {
    vi.useFakeTimers();
    const slow: ReadingThread = {
      async read({ begin, end, memory, offset, stop }) {
        const state = new Int32Array(stop);
        for (let from = begin; from < end; from += MB) {
          await new Promise((resolve) => setTimeout(resolve, 4000));
          if (!beginWriting(state)) return { error: null };
          const to = Math.min(end, from + MB);
          new Uint8Array(memory, offset + from - begin, to - from).set(bytes.subarray(from, to));
          endWriting(state);
        }
        return { error: null };
      },
    };
    let isClosed = false;
    const close = () => {
      isClosed = true;
    };
    const thread = { ...slow, close };
    const source = createBlobSource('big', blob, createFileReaders([thread], 16 * MB, 5000));
    const into = shared(8 * MB);
    const reading = source.read(0, 8 * MB, { into });
    await vi.advanceTimersByTimeAsync(40_000);
    await reading;
    expect(isClosed).toBe(false);
    expect(Buffer.compare(into, bytes.subarray(0, 8 * MB))).toBe(0);
  });

  test('writes nothing into reused memory when it wakes late', async () => {
    vi.useFakeTimers();
    const late = silent();
    const source = createBlobSource('big', blob, createFileReaders([late.thread], 16 * MB, 5000));
    const into = shared(2 * MB);
    const reading = source.read(0, 2 * MB, { into });
    await vi.advanceTimersByTimeAsync(5000);
    await reading;
    const state = new Int32Array(late.asked[0]!.stop);
    expect(isWanted(state)).toBe(false);
    expect(beginWriting(state)).toBe(false);
  });

  test('delays a cancellation only for the piece that it is writing', async () => {
    vi.useFakeTimers();
    const busy = silent();
    const source = createBlobSource('big', blob, createFileReaders([busy.thread], 16 * MB, 60_000));
    const controller = new AbortController();
    let isOver = false;
    const reading = source
      .read(0, 2 * MB, { into: shared(2 * MB), signal: controller.signal })
      .catch((error: unknown) => error)
      .finally(() => {
        isOver = true;
      });
    const state = new Int32Array(busy.asked[0]!.stop);
    expect(beginWriting(state)).toBe(true);
    controller.abort();
    await vi.advanceTimersByTimeAsync(50);
    expect(isOver).toBe(false);
    endWriting(state);
    await vi.advanceTimersByTimeAsync(50);
    expect(await reading).toMatchObject({ name: 'AbortError' });
    expect(beginWriting(state)).toBe(false);
  });
});
