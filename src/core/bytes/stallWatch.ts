export interface StallWatch {
  /** A signal that is aborted by the caller's signal, or when nothing arrived for too long. */
  readonly signal: AbortSignal | undefined;
  /** Restarts the wait, since something arrived. */
  progress(): void;
  hasStalled(): boolean;
  stop(): void;
}

/** Ends a request that brings nothing for `stallMs`: a connection may hang without ever breaking. */
export function createStallWatch(stallMs: number | undefined, signal: AbortSignal | undefined): StallWatch {
  if (stallMs === undefined) return { signal, progress: () => {}, hasStalled: () => false, stop: () => {} };
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let stalled = false;
  let hasProgressed = false;
  // An interval checks from time to time: a new timer for every chunk would cost more than the chunk.
  const timer = setInterval(() => {
    if (!hasProgressed) {
      stalled = true;
      controller.abort(new DOMException('No data arrived for too long.', 'TimeoutError'));
    }
    hasProgressed = false;
  }, stallMs);
  return {
    signal: controller.signal,
    progress: () => {
      hasProgressed = true;
    },
    hasStalled: () => stalled,
    stop: () => {
      clearInterval(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
