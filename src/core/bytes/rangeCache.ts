import type { ByteSource, ReadOptions } from './byteSource.ts';

/**
 * Ranges of files that were read before, kept where the user asked for it. A cache may fail at any time: then it is
 * as if it were empty.
 */
export interface RangeCache {
  /**
   * Reads the range, in `into` where that is given (it is as long as the range), or null where it isn't held.
   */
  read(file: string, begin: number, end: number, into?: Uint8Array): Promise<Uint8Array | null>;
  write(file: string, begin: number, bytes: Uint8Array): Promise<void>;
  /** Returns the size of a file that was opened before. */
  sizeOf(file: string): Promise<number | null>;
  writeSize(file: string, size: number): Promise<void>;
}

/**
 * Wraps a file so that its ranges are kept. The same layers of the same commit are asked for by the same ranges, so a
 * range is held or it isn't: parts aren't pieced together. The file itself is opened only when something isn't held.
 * @param url names the file at its commit; it is no secret (never a signed one)
 * @param listed the file's size by the hub's listing: what is held of a file of another size was cut off
 */
export async function cachedSource(
  name: string,
  url: string,
  cache: RangeCache,
  open: () => Promise<ByteSource>,
  listed?: number,
): Promise<ByteSource> {
  let opened: Promise<ByteSource> | null = null;
  const source = () => {
    opened ??= open();
    return opened;
  };
  const cachedSize = await cache.sizeOf(url).catch(() => null);
  if (cachedSize !== null && listed !== undefined && cachedSize !== listed) return open();
  const size = cachedSize ?? (await source()).size;
  if (cachedSize === null) await cache.writeSize(url, size).catch(() => {});
  return {
    name,
    size,
    async read(begin: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
      const { into } = options;
      const held = begin < end ? await cache.read(url, begin, end, into).catch(() => null) : null;
      if (held === null || held.length !== end - begin) {
        const bytes = await (await source()).read(begin, end, options);
        await cache.write(url, begin, bytes).catch(() => {});
        return bytes;
      }
      options.onBytes?.(held.length);
      return held;
    },
  };
}
