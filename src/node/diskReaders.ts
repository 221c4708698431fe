// Reads files on disk into shared memory: Node's own thread pool takes several parts at once.
import type { FileReaders } from '../core/bytes/fileReaders.ts';
import { DiskBlob } from './diskBlob.ts';

/** Bytes of one part: a cancellation waits for the parts under way, and progress is counted in them. */
const PART_BYTES = 8 * 1024 * 1024;
/** Node's thread pool has four threads. */
const AT_ONCE = 4;

/** Reads straight into the memory that the engine computes in. */
export function createDiskReaders(): FileReaders {
  return {
    async read(file, begin, end, into, { signal, onBytes } = {}) {
      if (!(file instanceof DiskBlob)) throw new Error('only files on disk are read here');
      let next = begin;
      const work = async () => {
        while (next < end) {
          signal?.throwIfAborted();
          const from = next;
          next = Math.min(end, from + PART_BYTES);
          const part = into.subarray(from - begin, next - begin);
          await file.readInto(from, part);
          onBytes?.(part.length);
        }
      };
      // All are waited for, also after a failure: none may write on after the answer.
      const done = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
      for (const one of done) if (one.status === 'rejected') throw one.reason;
    },
  };
}
