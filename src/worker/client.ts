// The page's side of the protocol: sends requests to the analysis worker and yields what it reports of them.
import { type AsyncQueue, createAsyncQueue } from '../core/asyncQueue.ts';
import { fromWire, type QKError } from '../core/errors.ts';
import { CANCELLED, REPLACED, stopped, unstarted } from './clientErrors.ts';
import { createHelperHost, type StartKind } from './helperHost.ts';
import { type HelperOrder, isHelperOrder } from './helperOrders.ts';
import type {
  CallMessage,
  EventOf,
  ProcedureName,
  RequestMessage,
  RequestOf,
  ResponseMessage,
} from './protocol.ts';

export interface WorkerClient {
  /**
   * Sends a request at once, and yields its events until it ends. An aborted request is cancelled: what the worker still has
   * to report of it comes before its end, which is expected within seconds.
   * @throws QKError the worker's failure: 'cancelled', 'worker-stopped' or the procedure's own
   */
  stream<P extends ProcedureName>(
    name: P,
    request: RequestOf<P>,
    signal: AbortSignal,
  ): AsyncIterable<EventOf<P>>;
}

/** A cancelled request may take so long to end; a worker's first response may take longer, since it must be fetched before. */
const GRACE_MS = 3000;
const START_GRACE_MS = 10_000;

type Outcome = { readonly event: EventOf<ProcedureName> } | { readonly end: QKError | null };

/** A request that the worker owes its end. */
interface OwedRequest {
  readonly message: CallMessage;
  readonly outcomes: AsyncQueue<Outcome>;
  hasReported: boolean;
  wasCancelled: boolean;
  /** The worker confirmed that it received the cancellation. */
  isCancelling: boolean;
  grace: ReturnType<typeof setTimeout> | null;
}

interface RunningWorker {
  readonly worker: Pick<Worker, 'postMessage' | 'terminate'>;
  readonly close: () => void;
  hasResponded: boolean;
}

/**
 * Talks to the analysis worker, which it starts at the first request, and again after one was lost. A request always ends:
 * where the worker stops, all that it owes fails in words. A worker that is silent after a cancellation is ended: what it
 * hasn't begun yet goes to the next one, what it has begun fails.
 */
export function createWorkerClient(create: () => Worker, startHelper?: StartKind): WorkerClient {
  const owed = new Map<number, OwedRequest>();
  let running: RunningWorker | null = null;
  let lastId = 0;

  function start(): RunningWorker {
    const worker = create();
    const host = createHelperHost((news) => worker.postMessage(news), startHelper);
    const started: RunningWorker = {
      worker,
      hasResponded: false,
      close() {
        worker.terminate();
        host.close();
      },
    };
    worker.addEventListener('message', ({ data }: MessageEvent<ResponseMessage | HelperOrder>) => {
      if (running !== started) return;
      started.hasResponded = true;
      if (isHelperOrder(data)) host.obey(data);
      else receive(data);
    });
    worker.addEventListener('error', (event) => {
      if (running === started) lose(stopped(event.message || 'no details'));
    });
    worker.addEventListener('messageerror', () => {
      if (running === started) lose(stopped('one of its responses couldn’t be read'));
    });
    return started;
  }

  function receive(response: ResponseMessage): void {
    const { id } = response;
    // Responses to a request that has ended are stale.
    const request = owed.get(id);
    if (request === undefined) return;
    switch (response.type) {
      case 'cancelling':
        request.isCancelling = true;
        return;
      case 'event':
        request.hasReported = true;
        request.outcomes.push({ event: response.event });
        return;
      case 'failed':
        end(id, fromWire(response.error));
        return;
      case 'done':
        end(id, null);
        return;
      default:
        response satisfies never;
    }
  }

  function end(id: number, error: QKError | null): void {
    const request = owed.get(id);
    if (request === undefined) return;
    owed.delete(id);
    if (request.grace !== null) clearTimeout(request.grace);
    request.outcomes.push({ end: error });
  }

  /** Ends the worker, which is of no use any more. */
  function dispose(): void {
    running?.close();
    running = null;
  }

  function lose(error: QKError): void {
    dispose();
    for (const id of [...owed.keys()]) end(id, error);
  }

  /** A cancelled request hasn't ended in time: where the worker confirmed the cancellation, that request alone is given up. */
  function giveUp(id: number): void {
    if (owed.get(id)?.isCancelling) end(id, CANCELLED);
    else replace();
  }

  function replace(): void {
    dispose();
    const left = [...owed];
    for (const [id, { wasCancelled, hasReported }] of left)
      if (wasCancelled) end(id, CANCELLED);
      else if (hasReported) end(id, REPLACED);
    for (const [, { message, wasCancelled, hasReported }] of left)
      if (!wasCancelled && !hasReported) post(message);
  }

  function post(message: CallMessage): void {
    try {
      running ??= start();
      running.worker.postMessage(message);
    } catch (error) {
      end(message.id, unstarted(error));
    }
  }

  function cancel(id: number): void {
    const request = owed.get(id);
    if (request === undefined || request.wasCancelled || running === null) return;
    request.wasCancelled = true;
    running.worker.postMessage({ id, name: 'cancel' } satisfies RequestMessage);
    request.grace = setTimeout(() => giveUp(id), running.hasResponded ? GRACE_MS : START_GRACE_MS);
  }

  return {
    stream<P extends ProcedureName>(name: P, request: RequestOf<P>, signal: AbortSignal) {
      const id = ++lastId;
      const outcomes = createAsyncQueue<Outcome>();
      // The name and the request belong together by the signature; TypeScript can't follow that into the union.
      const message = { id, name, request } as unknown as CallMessage;
      owed.set(id, {
        ...{ message, outcomes },
        ...{ hasReported: false, wasCancelled: false, isCancelling: false, grace: null },
      });
      if (signal.aborted) end(id, CANCELLED);
      else post(message);
      const onAbort = () => cancel(id);
      signal.addEventListener('abort', onAbort, { once: true });
      return eventsOf<P>(outcomes, () => {
        signal.removeEventListener('abort', onAbort);
        cancel(id);
      });
    },
  };
}

/** Yields events until the end. `close` is called then, and when the reader stops before: what nobody reads is cancelled. */
async function* eventsOf<P extends ProcedureName>(
  outcomes: AsyncQueue<Outcome>,
  close: () => void,
): AsyncGenerator<EventOf<P>> {
  try {
    for (;;)
      for (const outcome of await outcomes.drain()) {
        if ('event' in outcome) yield outcome.event as EventOf<P>;
        else if (outcome.end === null) return;
        else throw outcome.end;
      }
  } finally {
    close();
  }
}
