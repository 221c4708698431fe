import type { WireError } from '../core/errors.ts';
import { createHelperHost, type StartKind } from './helperHost.ts';
import { type HelperOrder, isHelperOrder } from './helperOrders.ts';
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

/** How long a cancelled request may take to end; and a worker's first word, since it must be fetched before. */
const GRACE_MS = 3000;
const START_GRACE_MS = 10_000;

interface Owed {
  readonly body: RequestBody;
  readonly onAnswer: (answer: WorkerAnswer) => void;
  hasAnswered: boolean;
  wasCancelled: boolean;
  /** The worker has heard of it. */
  isCancelling: boolean;
  grace: ReturnType<typeof setTimeout> | null;
}

interface Running {
  readonly worker: Pick<Worker, 'postMessage' | 'terminate'>;
  readonly close: () => void;
  hasSpoken: boolean;
}

/**
 * Talks to the analysis worker, which it starts at the first request, and again after one was lost. A request is always
 * answered: where the worker stops, all that it owes fails in words. A worker that is silent after a cancellation is ended:
 * what it hasn't begun yet goes to the next one, what it has begun fails.
 */
export function createWorkerClient(create: () => Worker, startHelper?: StartKind): WorkerClient {
  const owed = new Map<number, Owed>();
  let running: Running | null = null;
  let lastId = 0;

  function start(): Running {
    const worker = create();
    const host = createHelperHost((news) => worker.postMessage(news), startHelper);
    const started: Running = {
      worker,
      hasSpoken: false,
      close() {
        worker.terminate();
        host.close();
      },
    };
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer | HelperOrder>) => {
      if (running !== started) return;
      started.hasSpoken = true;
      if (isHelperOrder(data)) host.obey(data);
      else hear(data);
    });
    worker.addEventListener('error', (event) => {
      if (running === started) lose(stopped(event.message || 'no details'));
    });
    worker.addEventListener('messageerror', () => {
      if (running === started) lose(stopped('one of its answers couldn’t be read'));
    });
    return started;
  }

  function hear(answer: WorkerAnswer): void {
    // Answers to a request that has ended are stale.
    const one = owed.get(answer.id);
    if (one === undefined) return;
    if (answer.type === 'cancelling') {
      one.isCancelling = true;
      return;
    }
    one.hasAnswered = true;
    if (answer.type === 'end') {
      owed.delete(answer.id);
      if (one.grace !== null) clearTimeout(one.grace);
    }
    one.onAnswer(answer);
  }

  function fail(id: number, error: WireError): void {
    hear({ id, type: 'failed', error });
    hear({ id, type: 'end' });
  }

  /** The worker is of no use any more. */
  function drop(): void {
    running?.close();
    running = null;
  }

  function lose(error: WireError): void {
    drop();
    for (const id of [...owed.keys()]) fail(id, error);
  }

  /** A cancelled request hasn't ended in time: where the worker heard of it, that request alone is given up. */
  function giveUp(id: number): void {
    if (owed.get(id)?.isCancelling) fail(id, CANCELLED);
    else replace();
  }

  function replace(): void {
    drop();
    const left = [...owed];
    for (const [id, { wasCancelled, hasAnswered }] of left)
      if (wasCancelled) fail(id, CANCELLED);
      else if (hasAnswered) fail(id, REPLACED);
    for (const [id, { wasCancelled, hasAnswered }] of left) if (!wasCancelled && !hasAnswered) post(id);
  }

  function post(id: number): void {
    const { body } = owed.get(id)!;
    try {
      running ??= start();
      running.worker.postMessage({ ...body, id });
    } catch (error) {
      // Not while the request is being sent: who sends it expects its ticket first.
      queueMicrotask(() => fail(id, unstarted(error)));
    }
  }

  function cancel(id: number): void {
    const one = owed.get(id);
    if (one === undefined || one.wasCancelled || running === null) return;
    one.wasCancelled = true;
    running.worker.postMessage({ id, type: 'cancel' } satisfies WorkerRequest);
    one.grace = setTimeout(() => giveUp(id), running.hasSpoken ? GRACE_MS : START_GRACE_MS);
  }

  return {
    send(body, onAnswer) {
      const id = ++lastId;
      owed.set(id, {
        body,
        onAnswer,
        hasAnswered: false,
        wasCancelled: false,
        isCancelling: false,
        grace: null,
      });
      post(id);
      return { id, cancel: () => cancel(id) };
    },
  };
}

const CANCELLED: WireError = { code: 'cancelled', message: 'Cancelled.', permanent: false };

const REPLACED: WireError = {
  code: 'worker-stopped',
  message: 'The background worker no longer answered after a cancellation, and was started again.',
  hint: 'Try again.',
  permanent: false,
};

function stopped(why: string): WireError {
  return {
    code: 'worker-stopped',
    message: `The background worker stopped: ${why}.`,
    hint: 'Try again: it is started again. What was scored can still be exported.',
    permanent: false,
  };
}

function unstarted(error: unknown): WireError {
  return {
    code: 'worker-stopped',
    message: `The background worker, which reads and scores, can’t be started or reached here: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'The browser, an extension or a policy of the page may forbid workers: allow them, or use another browser.',
    permanent: false,
  };
}
