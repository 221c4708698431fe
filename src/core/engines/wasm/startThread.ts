// Runs in a worker: sets up the kernels and works through slices of jobs.
import { QUEUE, QUEUE_BYTES } from './jobQueue.ts';
import type { Kernels } from './kernelModule.ts';
import { runQueuedJobs } from './threadLoop.ts';

/** What a thread is given. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly queue: number;
  /** Where the address of this thread's scratch memory is kept. */
  readonly scratchSlot: number;
}

/** Waits for slices of work and takes part in each, until the queue is closed. Blocks its thread. */
export async function startThread(
  { module, memory, queue: address, scratchSlot }: ThreadStart,
  ready: () => void,
): Promise<void> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  const queue = new Int32Array(memory.buffer, address, QUEUE_BYTES / 4);
  const slot = new Int32Array(memory.buffer, scratchSlot, 1);
  ready();
  let seen = 0;
  for (;;) {
    Atomics.wait(queue, QUEUE.generation, seen);
    if (Atomics.load(queue, QUEUE.isClosed) !== 0) return;
    seen = Atomics.load(queue, QUEUE.generation);
    runQueuedJobs(kernels, memory, queue, () => Atomics.load(slot, 0) >>> 0);
  }
}
