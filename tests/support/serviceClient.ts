import type { WorkerClient } from '../../src/worker/client.ts';
import type { WorkerAnswer } from '../../src/worker/protocol.ts';
import { createService } from '../../src/worker/service.ts';

/** The worker's service without a worker: what passes between them is cloned, as postMessage does. */
export function serviceClient(): WorkerClient & { readonly sent: string[] } {
  const listeners = new Map<number, (answer: WorkerAnswer) => void>();
  const service = createService({
    gpu: undefined,
    post: (answer) => listeners.get(answer.id)?.(structuredClone(answer)),
    fetch: () => Promise.reject(new Error('No network in this test.')),
    appVersion: 'test',
    crossOriginIsolated: false,
    privateFiles: undefined,
  });
  let lastId = 0;
  const sent: string[] = [];
  return {
    sent,
    send(body, onAnswer) {
      const id = ++lastId;
      sent.push(body.type);
      listeners.set(id, onAnswer);
      // Blobs are shared by a clone; Node's structuredClone takes them too.
      service.handle({ ...body, id });
      return { id, cancel: () => service.handle({ id, type: 'cancel' }) };
    },
  };
}
