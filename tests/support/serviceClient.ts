// The worker's own service without a worker: what passes between it and the page is cloned, as postMessage clones it.
import type { WorkerClient } from '../../src/worker/client.ts';
import { createWorkerClient } from '../../src/worker/client.ts';
import { createHandlers } from '../../src/worker/handlers.ts';
import type { ProcedureName, RequestMessage } from '../../src/worker/protocol.ts';
import { createService } from '../../src/worker/service.ts';

/** The page's client over a worker that runs in this thread. `sent` names the requests so far. */
export function serviceClient(): WorkerClient & { readonly sent: readonly ProcedureName[] } {
  const sent: ProcedureName[] = [];
  return {
    sent,
    ...createWorkerClient(() => {
      const worker = new EventTarget();
      const handlers = createHandlers({
        gpu: undefined,
        fetch: () => Promise.reject(new Error('No network in this test.')),
        appVersion: 'test',
        crossOriginIsolated: false,
        opfs: undefined,
      });
      const service = createService(handlers, (response) =>
        worker.dispatchEvent(new MessageEvent('message', { data: structuredClone(response) })),
      );
      const postMessage = (message: RequestMessage) => {
        if (message.name !== 'cancel') sent.push(message.name);
        service.handle(message);
      };
      return Object.assign(worker, { postMessage, terminate() {} }) as unknown as Worker;
    }),
  };
}
