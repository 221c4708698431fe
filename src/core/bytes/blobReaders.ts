import type { ReadOptions } from './byteSource.ts';

/** What a reading thread is asked: bytes [begin, end) of a blob into shared memory from `at` on. */
export interface BlobReadRequest {
  readonly blob: Blob;
  readonly begin: number;
  readonly end: number;
  readonly memory: SharedArrayBuffer;
  readonly at: number;
  /** One int32: not 0 once nobody wants it any more. */
  readonly stop: SharedArrayBuffer;
}

/** null, or why it couldn't be read. */
export type BlobReadAnswer = { readonly error: string | null };

/** A thread that answers its requests one after the other. */
export interface ReadingThread {
  /** 'stopped', or a rejection, where the thread can't start or died: that says nothing of the file. */
  read(request: BlobReadRequest): Promise<BlobReadAnswer | 'stopped'>;
}

/** Several threads that read parts of local files at once: one alone reaches about half of what a browser can give. */
export interface BlobReaders {
  /** Fills `into`, which lies in shared memory. @throws Error with the cause when a part can't be read; AbortError when cancelled */
  read(blob: Blob, begin: number, end: number, into: Uint8Array, options: ReadOptions): Promise<void>;
}

/** Bytes of one request: a slice costs the browser milliseconds, whatever its size; and threads should end together. */
const PART_BYTES = 16 * 1024 * 1024;

export function createBlobReaders(threads: readonly ReadingThread[], partBytes = PART_BYTES): BlobReaders {
  let next = 0;
  return {
    async read(blob, begin, end, into, { signal, onBytes }) {
      const memory = into.buffer as SharedArrayBuffer;
      const stop = new SharedArrayBuffer(4);
      const cancel = () => Atomics.store(new Int32Array(stop), 0, 1);
      signal?.addEventListener('abort', cancel, { once: true });
      let failure: Error | null = null;
      const readPart = async (from: number, to: number) => {
        // All parts are handed out at once: who asked may be busy computing, and mustn't be waited for.
        const thread = threads[next++ % threads.length]!;
        const at = into.byteOffset + from - begin;
        const answer = await thread
          .read({ blob, begin: from, end: to, memory, at, stop })
          .catch(() => 'stopped' as const);
        const error = answer === 'stopped' ? await readHere(blob, from, to, into, begin) : answer.error;
        if (error === null) onBytes?.(to - from);
        else {
          failure ??= new Error(error);
          cancel();
        }
      };
      const parts: Promise<void>[] = [];
      for (let from = begin; from < end; from += partBytes)
        parts.push(readPart(from, Math.min(end, from + partBytes)));
      // All of them, whatever becomes of one: none may write on after the answer.
      await Promise.all(parts);
      signal?.removeEventListener('abort', cancel);
      signal?.throwIfAborted();
      if (failure !== null) throw failure;
    },
  };
}

/** Where a thread won't: slower, but it reads. */
async function readHere(
  blob: Blob,
  from: number,
  to: number,
  into: Uint8Array,
  begin: number,
): Promise<string | null> {
  try {
    into.set(new Uint8Array(await blob.slice(from, to).arrayBuffer()), from - begin);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
