import type { Thread } from './executor.ts';

/** A thread that doesn't answer within this time is left out. */
const START_MS = 10_000;

/** A web worker as a thread; its start rejects where workers are refused or may not share memory. */
export function createBrowserThread(): Thread {
  let worker: Worker | null = null;
  return {
    start: (what) =>
      new Promise((resolve, reject) => {
        // Throws where workers are refused: a rejection, as all that hinders a start.
        worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
        const timer = setTimeout(() => reject(new Error('no answer')), START_MS);
        const settle = (then: () => void) => () => {
          clearTimeout(timer);
          then();
        };
        worker.addEventListener('message', settle(resolve), { once: true });
        worker.addEventListener(
          'error',
          settle(() => reject(new Error('the worker failed'))),
          { once: true },
        );
        worker.postMessage(what);
      }),
    terminate: () => worker?.terminate(),
  };
}
