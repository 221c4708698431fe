import type { WireError } from '../core/index.ts';
import type { WorkerAnswer, WorkerRequest } from './protocol.ts';

type RequestBody = WorkerRequest extends infer R
  ? R extends { readonly id: number }
    ? Omit<R, 'id'>
    : never
  : never;

/** One request under way. */
export interface Ticket {
  readonly id: number;
  cancel(): void;
}

export interface WorkerClient {
  /** Sends a request; `onAnswer` hears its answers until `end`. A cancelled request still answers and ends. */
  send(body: RequestBody, onAnswer: (answer: WorkerAnswer) => void): Ticket;
}

/** Talks to the analysis worker. If the worker dies, every request under way is told so and ends. */
export function createWorkerClient(worker: Worker): WorkerClient {
  const listeners = new Map<number, (answer: WorkerAnswer) => void>();
  let lastId = 0;
  worker.addEventListener('message', (event: MessageEvent<WorkerAnswer>) => {
    const answer = event.data;
    // Answers to a request that has ended are stale.
    listeners.get(answer.id)?.(answer);
    if (answer.type === 'end') listeners.delete(answer.id);
  });
  worker.addEventListener('error', (event) => {
    const error: WireError = {
      code: 'internal',
      message: `The background worker stopped: ${event.message || 'no details'}.`,
      hint: 'Reload the page; what was scored can still be exported.',
      permanent: true,
    };
    for (const [id, listener] of listeners) {
      listener({ id, type: 'failed', error });
      listener({ id, type: 'end' });
    }
    listeners.clear();
  });
  return {
    send(body, onAnswer) {
      const id = ++lastId;
      listeners.set(id, onAnswer);
      worker.postMessage({ ...body, id });
      return { id, cancel: () => worker.postMessage({ id, type: 'cancel' } satisfies WorkerRequest) };
    },
  };
}
