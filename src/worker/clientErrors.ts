// How the page says that the worker ended a request, or that there is no worker.
import { QKError } from '../core/errors.ts';

export const CANCELLED = new QKError('cancelled', 'Cancelled.', { permanent: false });

export const REPLACED = new QKError(
  'worker-stopped',
  'The background worker no longer answered after a cancellation, and was started again.',
  { hint: 'Try again.', permanent: false },
);

export function stopped(why: string): QKError {
  return new QKError('worker-stopped', `The background worker stopped: ${why}.`, {
    hint: 'Try again: it is started again. What was scored can still be exported.',
    permanent: false,
  });
}

export function unstarted(error: unknown): QKError {
  const why = error instanceof Error ? error.message : String(error);
  return new QKError(
    'worker-stopped',
    `The background worker, which reads and scores, can’t be started or reached here: ${why}.`,
    {
      hint: 'The browser, an extension or a policy of the page may forbid workers: allow them, or use another browser.',
      permanent: false,
    },
  );
}
