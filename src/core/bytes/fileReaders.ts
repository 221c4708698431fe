import type { ReadOptions } from './byteSource.ts';
import { readOpfsFile } from './opfsFile.ts';
import { PART_STATE_BYTES } from './partState.ts';
import type { ReadingThread, SentFile } from './readingThread.ts';
import { stopPart, watchThread } from './watchedThread.ts';

/**
 * Several threads that read files while the asking one computes: one alone reaches about half of what a browser can
 * give.
 */
export interface FileReaders {
  /**
   * Fills `into`, for which `canReadInto` holds. @throws Error with the cause when a part can't be read; AbortError
   * when cancelled
   */
  read(file: SentFile, begin: number, end: number, into: Uint8Array, options?: ReadOptions): Promise<void>;
}

/** Bytes of one request: a slice costs the browser milliseconds, whatever its size; and threads should end together. */
const PART_BYTES = 16 * 1024 * 1024;
/** Shorter reads aren't worth another thread's wake. */
const FROM_BYTES = 256 * 1024;

/** Returns whether threads can fill it: they need shared memory, and enough to do. */
export function canReadInto(into: Uint8Array): boolean {
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    into.buffer instanceof SharedArrayBuffer &&
    into.length >= FROM_BYTES
  );
}

/**
 * A thread that brings nothing for so long is done without: a disk may have to wake, a browser's worker may never
 * start.
 */
const SILENCE_MS = 5000;

/** A thread that stopped, or was silent for too long, isn't used again: what it owed is read by whoever asked. */
export function createFileReaders(
  threads: readonly ReadingThread[],
  partBytes = PART_BYTES,
  silenceMs = SILENCE_MS,
): FileReaders {
  const watched = threads.map((thread) => watchThread(thread, silenceMs));
  let next = 0;
  const nextThread = () => {
    const working = watched.filter(({ isGivenUp }) => !isGivenUp);
    return working[next++ % working.length];
  };
  /** One part at a time is read here: each takes as much memory again. */
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async read(file, begin, end, into, { signal, onBytes } = {}) {
      const memory = into.buffer as SharedArrayBuffer;
      const states: Int32Array[] = [];
      let failure: string | null = null;
      const isOver = () => failure !== null || signal?.aborted === true;
      const readPart = async (from: number, to: number) => {
        // All parts are handed out at once: who asked may be busy computing, and mustn't be waited for.
        const stop = new SharedArrayBuffer(PART_STATE_BYTES);
        states.push(new Int32Array(stop));
        const offset = into.byteOffset + from - begin;
        const answer = await nextThread()?.read({ file, begin: from, end: to, memory, offset, stop });
        if (isOver()) return;
        let error = answer === undefined || answer === 'stopped' ? null : answer.error;
        if (answer === undefined || answer === 'stopped') {
          const part = into.subarray(from - begin, to - begin);
          const mine = turn.then(() => (isOver() ? null : readHere(file, from, to, part, isOver)));
          turn = mine;
          error = await mine;
          if (isOver()) return;
        }
        if (error === null) onBytes?.(to - from);
        else failure = error;
      };
      const parts: Promise<void>[] = [];
      // Not every browser opens a private file twice at once.
      const size = file instanceof Blob ? partBytes : end - begin;
      for (let from = begin; from < end; from += size) parts.push(readPart(from, Math.min(end, from + size)));
      // Neither a cancellation nor one part's failure waits for the other parts.
      let stop = () => {};
      try {
        await new Promise<void>((resolve, reject) => {
          stop = resolve;
          if (isOver()) resolve();
          signal?.addEventListener('abort', stop);
          for (const part of parts) part.then(() => isOver() && resolve(), reject);
          Promise.all(parts).then(() => resolve(), reject);
        });
      } finally {
        signal?.removeEventListener('abort', stop);
        // Whatever became of it: none may write on after the answer.
        await Promise.all(states.map(stopPart));
      }
      signal?.throwIfAborted();
      if (failure !== null) throw new Error(failure);
    },
  };
}

/** Reads a part on this thread where no other thread will; slower. @returns null, or why it couldn't */
async function readHere(
  file: SentFile,
  from: number,
  to: number,
  into: Uint8Array,
  isOver: () => boolean,
): Promise<string | null> {
  try {
    if (file instanceof Blob) {
      const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
      if (!isOver()) into.set(bytes);
    } else await readOpfsFile(file, into, isOver);
    return null;
  } catch (error) {
    return describeFailure(error);
  }
}

/** Returns what a thread's answer says of an error. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
