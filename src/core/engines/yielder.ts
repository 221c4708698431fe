/** A long loop yields to the event loop this often, so that a cancel message gets in. */
const SLICE_MS = 100;

/** Lets a long computation yield to the event loop from time to time. */
export interface Yielder {
  /** Returns true where the last yield is longer ago than a slice. */
  shouldYield(): boolean;
  /** Lets waiting messages in. @throws AbortError when cancelled meanwhile */
  yieldToEventLoop(): Promise<void>;
}

export function createYielder(signal: AbortSignal | undefined): Yielder {
  signal?.throwIfAborted();
  let last = performance.now();
  return {
    shouldYield: () => performance.now() - last > SLICE_MS,
    async yieldToEventLoop() {
      // A macrotask: promises alone never let a message through.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      last = performance.now();
    },
  };
}

/**
 * Runs a computation that is written as a generator, and yields to the event loop between its steps. @throws
 * AbortError when cancelled
 */
export async function runCooperatively<T>(steps: Generator<void, T>, yielder: Yielder): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  }
}
