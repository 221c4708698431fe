/** Long loops let go of the thread this often, so that a cancel message gets in. */
const SLICE_MS = 100;

export interface Pacer {
  isDue(): boolean;
  /** Lets waiting messages in. @throws AbortError when cancelled meanwhile */
  pause(): Promise<void>;
}

/** Runs a long computation that stops now and then, and lets go of the thread when it is due. @throws AbortError when cancelled */
export async function paced<T>(steps: Generator<void, T>, pacer: Pacer): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (pacer.isDue()) await pacer.pause();
  }
}

export function createPacer(signal: AbortSignal | undefined): Pacer {
  signal?.throwIfAborted();
  let last = performance.now();
  return {
    isDue: () => performance.now() - last > SLICE_MS,
    async pause() {
      // A macrotask: promises alone never let a message through.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      last = performance.now();
    },
  };
}
