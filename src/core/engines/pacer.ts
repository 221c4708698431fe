/** Long loops let go of the thread this often, so that a cancel message gets in. */
const SLICE_MS = 100;

export interface Pacer {
  isDue(): boolean;
  /** Lets waiting messages in. @throws AbortError when cancelled meanwhile */
  pause(): Promise<void>;
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
