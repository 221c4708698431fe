// The worker's side of the protocol: runs the handler that a request names, and reports what it yields.
import { toWire } from '../core/errors.ts';
import type { CallMessage, Handlers, ProcedureName, RequestMessage, ResponseMessage } from './protocol.ts';

/** Serves the page's requests. Several may be under way at once, each with its own abort signal. */
export function createService(handlers: Handlers, post: (response: ResponseMessage) => void) {
  const running = new Map<number, AbortController>();

  async function run<P extends ProcedureName>({ id, name, request }: CallMessage<P>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      for await (const event of handlers[name](request, controller.signal))
        post({ id, type: 'event', event });
      post({ id, type: 'done' });
    } catch (error) {
      post({ id, type: 'failed', error: toWire(error) });
    } finally {
      running.delete(id);
    }
  }

  return {
    handle(message: RequestMessage): void {
      if (message.name !== 'cancel') {
        void run(message);
        return;
      }
      running.get(message.id)?.abort();
      // The page thereby knows that the worker isn't stuck: a request may take a while to end.
      post({ id: message.id, type: 'cancelling' });
    },
  };
}
