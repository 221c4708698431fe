import type { FileReadAnswer, FileReadRequest, ReadingThread } from '../core/bytes/fileReaders.ts';

export type NumberedRequest = FileReadRequest & { readonly id: number };

/** More gain nothing: the browser's own file process is the limit then. */
const MOST = 4;

/** Workers that read files; none where memory can't be shared. They start when they are first used. */
export function createReadingThreads(): ReadingThread[] {
  if (!globalThis.crossOriginIsolated) return [];
  // More readers than cores only get in each other's, and the kernels', way.
  const count = Math.min(MOST, Math.max(1, navigator.hardwareConcurrency ?? 1));
  return Array.from({ length: count }, createReadingThread);
}

function createReadingThread(): ReadingThread {
  let worker: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, (answer: FileReadAnswer | 'stopped') => void>();
  const start = (): Worker => {
    const started = new Worker(new URL('./fileReader.worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('message', ({ data }: MessageEvent<FileReadAnswer & { id: number }>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    });
    started.addEventListener('error', () => {
      // It couldn't start, or stopped: started anew for the next request.
      worker = null;
      for (const settle of waiting.values()) settle('stopped');
      waiting.clear();
    });
    return started;
  };
  return {
    read: (request) =>
      new Promise((settle) => {
        worker ??= start();
        const id = ++lastId;
        waiting.set(id, settle);
        worker.postMessage({ ...request, id } satisfies NumberedRequest);
      }),
  };
}
