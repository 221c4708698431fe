import type { ReadOptions } from './byteSource.ts';
import { readPrivateFile } from './privateFile.ts';

/** A file that a thread can be sent: one that the user picked, or one of the browser's private file system, which is read whole. */
export type SentFile = Blob | FileSystemFileHandle;

/** What a reading thread is asked: bytes [begin, end) of a file into shared memory from `at` on. */
export interface FileReadRequest {
  readonly file: SentFile;
  readonly begin: number;
  readonly end: number;
  readonly memory: SharedArrayBuffer;
  readonly at: number;
  /** One int32: not 0 once nobody wants it any more. */
  readonly stop: SharedArrayBuffer;
}

/** null, or why it couldn't be read. */
export type FileReadAnswer = { readonly error: string | null };

/** A thread that answers its requests one after the other. */
export interface ReadingThread {
  /** 'stopped', or a rejection, where the thread can't start or died: that says nothing of the file. */
  read(request: FileReadRequest): Promise<FileReadAnswer | 'stopped'>;
}

/** Several threads that read files while the asking one computes: one alone reaches about half of what a browser can give. */
export interface FileReaders {
  /** Fills `into`, for which `canReadInto` holds. @throws Error with the cause when a part can't be read; AbortError when cancelled */
  read(file: SentFile, begin: number, end: number, into: Uint8Array, options?: ReadOptions): Promise<void>;
}

/** Bytes of one request: a slice costs the browser milliseconds, whatever its size; and threads should end together. */
const PART_BYTES = 16 * 1024 * 1024;
/** Shorter reads aren't worth another thread's wake. */
const FROM_BYTES = 256 * 1024;

/** Whether threads can fill it: they need shared memory, and enough to do. */
export function canReadInto(into: Uint8Array): boolean {
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    into.buffer instanceof SharedArrayBuffer &&
    into.length >= FROM_BYTES
  );
}

export function createFileReaders(threads: readonly ReadingThread[], partBytes = PART_BYTES): FileReaders {
  let next = 0;
  return {
    async read(file, begin, end, into, { signal, onBytes } = {}) {
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
          .read({ file, begin: from, end: to, memory, at, stop })
          .catch(() => 'stopped' as const);
        const error =
          answer === 'stopped'
            ? await readHere(file, from, to, into.subarray(from - begin, to - begin))
            : answer.error;
        if (error === null) onBytes?.(to - from);
        else {
          failure ??= new Error(error);
          cancel();
        }
      };
      const parts: Promise<void>[] = [];
      // Not every browser opens a private file twice at once.
      const size = file instanceof Blob ? partBytes : end - begin;
      for (let from = begin; from < end; from += size) parts.push(readPart(from, Math.min(end, from + size)));
      // All of them, whatever becomes of one: none may write on after the answer.
      await Promise.all(parts);
      signal?.removeEventListener('abort', cancel);
      signal?.throwIfAborted();
      if (failure !== null) throw failure;
    },
  };
}

/** Where a thread won't: slower, but it reads. */
async function readHere(file: SentFile, from: number, to: number, into: Uint8Array): Promise<string | null> {
  try {
    if (file instanceof Blob) into.set(new Uint8Array(await file.slice(from, to).arrayBuffer()));
    else await readPrivateFile(file, into);
    return null;
  } catch (error) {
    return describeFailure(error);
  }
}

/** What a thread's answer says of an error. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
