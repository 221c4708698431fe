// Threads of the wasm engine in Node.
import { Worker } from 'node:worker_threads';
import type { WasmThreads } from '../core/engines/index.ts';

type Thread = ReturnType<WasmThreads['createThread']>;

/** A thread that doesn't answer within this time is left out, as in a browser. */
const START_MS = 10_000;

/** Makes a thread; its start rejects where the built file isn't there, and the engine does without it. */
export function createNodeThread(entry: URL): Thread {
  let worker: Worker | null = null;
  return {
    start: (what) =>
      new Promise((resolve, reject) => {
        const started = new Worker(entry);
        worker = started;
        const timer = setTimeout(() => reject(new Error('no answer')), START_MS);
        // A thread that waits for work keeps no process alive.
        started.unref();
        const settle = (then: () => void) => () => {
          clearTimeout(timer);
          then();
        };
        started.once('message', settle(resolve));
        started.once(
          'error',
          settle(() => reject(new Error('the worker failed'))),
        );
        started.postMessage(what);
      }),
    terminate: () => void worker?.terminate(),
  };
}
