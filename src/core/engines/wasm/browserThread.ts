// Starts a thread of the WASM engine in a browser's worker.
import { type StartedWorker, startedWorker } from '../../startedWorker.ts';
import type { Thread } from './executor.ts';
import type { ThreadStart } from './startThread.ts';

/** A thread that doesn't answer within this time is left out. */
const START_MS = 10_000;

type ThreadWorker = StartedWorker<ThreadStart, 'ready'>;

/**
 * Makes a thread of a web worker; its start rejects where workers are refused or may not share memory.
 * @param create makes the worker; by default this thread starts it itself
 */
export function createBrowserThread(create: () => ThreadWorker = startHere): Thread {
  let worker: ThreadWorker | null = null;
  return {
    start: (what) =>
      new Promise((resolve, reject) => {
        // Throws where workers are refused: a rejection, as all that hinders a start.
        worker = create();
        const timer = setTimeout(() => reject(new Error('no answer')), START_MS);
        const settle = (then: () => void) => () => {
          clearTimeout(timer);
          then();
        };
        worker.listen(
          settle(resolve),
          settle(() => reject(new Error('the worker failed'))),
        );
        worker.post(what);
      }),
    terminate: () => worker?.terminate(),
  };
}

function startHere(): ThreadWorker {
  return startedWorker(new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' }));
}
