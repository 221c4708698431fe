/**
 * Waits until all have ended, so that nothing goes on after a failure: the first one, or the signal, stops the others.
 * @throws the first failure
 */
export async function allOrAbort(
  signal: AbortSignal | undefined,
  start: (stop: AbortSignal) => readonly Promise<unknown>[],
): Promise<void> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    controller.abort();
  };
  await Promise.all(start(controller.signal).map((promise) => promise.catch(fail)));
  signal?.removeEventListener('abort', abort);
  if (failures.length > 0) throw failures[0];
}
