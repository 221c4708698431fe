/** A worker that another one, or the page, has started; as much of it as the core needs. */
export interface StartedWorker<Request, Answer> {
  /** Calls back with every answer, and with the worker's end and what is known of its cause. */
  listen(onAnswer: (answer: Answer) => void, onStop: (cause?: unknown) => void): void;
  post(request: Request, transfer?: ArrayBuffer[]): void;
  terminate(): void;
}

/** The workers that help the analysis worker; each has a separate file. */
export type HelperKind = 'file-reader' | 'wasm-thread' | 'wasm-shard';

/** Starts a worker of a kind. @throws where workers are refused */
export type StartHelper = <Request, Answer>(kind: HelperKind) => StartedWorker<Request, Answer>;

/** Wraps a web worker that this thread has started itself. */
export function startedWorker<Request, Answer>(worker: Worker): StartedWorker<Request, Answer> {
  return {
    listen(onAnswer, onStop) {
      worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => onAnswer(data));
      worker.addEventListener('error', ({ message }) => onStop(message));
      worker.addEventListener('messageerror', () => onStop('its answer couldn’t be read'));
    },
    post: (request, transfer = []) => worker.postMessage(request, transfer),
    terminate: () => worker.terminate(),
  };
}
