// Workers that read local files into shared memory.
import type { FileReadAnswer, FileReadRequest, ReadingThread } from '../core/bytes/readingThread.ts';
import { sharesMemory } from '../core/sharedMemory.ts';
import { type StartedWorker, startedWorker } from '../core/startedWorker.ts';

export type NumberedRequest = FileReadRequest & { readonly id: number };
export type NumberedAnswer = FileReadAnswer & { readonly id: number };
type ReaderWorker = StartedWorker<NumberedRequest, NumberedAnswer>;

/** More gain nothing: the browser's own file process is the limit then. */
const MOST = 4;

/**
 * Makes workers that read files; none where memory can't be shared. They start when they are first used.
 * @param create makes a worker; by default this thread starts it itself
 */
export function createReadingThreads(create: () => ReaderWorker = startHere): ReadingThread[] {
  if (!sharesMemory()) return [];
  // More readers than cores only get in each other's, and the kernels', way.
  const count = Math.min(MOST, Math.max(1, navigator.hardwareConcurrency ?? 1));
  return Array.from({ length: count }, () => createReadingThread(create));
}

function createReadingThread(create: () => ReaderWorker): ReadingThread {
  let worker: ReaderWorker | null = null;
  let lastId = 0;
  const waiting = new Map<number, (answer: FileReadAnswer | 'stopped') => void>();
  const stop = () => {
    worker?.terminate();
    worker = null;
    for (const settle of waiting.values()) settle('stopped');
    waiting.clear();
  };
  const start = (): ReaderWorker => {
    const started = create();
    started.listen((answer) => {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    }, stop);
    return started;
  };
  return {
    read: (request) =>
      new Promise((settle) => {
        worker ??= start();
        const id = ++lastId;
        waiting.set(id, settle);
        worker.post({ ...request, id });
      }),
    close: stop,
  };
}

function startHere(): ReaderWorker {
  return startedWorker(new Worker(new URL('./fileReader.worker.ts', import.meta.url), { type: 'module' }));
}
