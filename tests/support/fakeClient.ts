// The one stand-in for the worker's client: a test plays what the worker reports.
import { createAsyncQueue } from '../../src/core/asyncQueue.ts';
import { QKError, type WireError } from '../../src/core/errors.ts';
import type { WorkerClient } from '../../src/worker/client.ts';
import type { EventOf, ProcedureName, RequestOf } from '../../src/worker/protocol.ts';

type Outcome = { readonly event: unknown } | { readonly end: QKError | null };

/** A request that was sent. What a test reports is heard before its promise resolves. */
export interface FakeCall<P extends ProcedureName = ProcedureName> {
  readonly name: P;
  readonly request: RequestOf<P>;
  readonly isCancelled: boolean;
  event(event: EventOf<P>): Promise<void>;
  done(): Promise<void>;
  fail(error: WireError): Promise<void>;
}

export const CANCELLED: WireError = { code: 'cancelled', message: 'Cancelled.', permanent: false };

/** Resolves when everything that is due now has happened; timers are left alone, real or fake. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

export interface FakeClient extends WorkerClient {
  /** Every request so far, in order. */
  readonly calls: readonly FakeCall[];
  readonly names: readonly ProcedureName[];
  /** The calls of one procedure. */
  of<P extends ProcedureName>(name: P): readonly FakeCall<P>[];
}

/** @param onCancel what the worker does of itself when a request is cancelled; nothing where it is left out */
export function fakeClient(onCancel: (call: FakeCall) => void = () => {}): FakeClient {
  const calls: FakeCall[] = [];
  return {
    calls,
    get names() {
      return calls.map(({ name }) => name);
    },
    of<P extends ProcedureName>(name: P) {
      return calls.filter((call) => call.name === name) as unknown as FakeCall<P>[];
    },
    stream<P extends ProcedureName>(name: P, request: RequestOf<P>, signal: AbortSignal) {
      const outcomes = createAsyncQueue<Outcome>();
      const push = (outcome: Outcome) => {
        outcomes.push(outcome);
        return settled();
      };
      const call: FakeCall<P> = {
        ...{ name, request },
        get isCancelled() {
          return signal.aborted;
        },
        event: (event) => push({ event }),
        done: () => push({ end: null }),
        fail: ({ code, message, ...details }) => push({ end: new QKError(code, message, details) }),
      };
      // As the client: what is cancelled before it is sent isn't sent.
      if (signal.aborted) void call.fail(CANCELLED);
      else calls.push(call as unknown as FakeCall);
      signal.addEventListener('abort', () => onCancel(call as unknown as FakeCall));
      return read<P>();

      async function* read<Q extends P>(): AsyncGenerator<EventOf<Q>> {
        for (;;)
          for (const outcome of await outcomes.drain()) {
            if ('event' in outcome) yield outcome.event as EventOf<Q>;
            else if (outcome.end === null) return;
            else throw outcome.end;
          }
      }
    },
  };
}
