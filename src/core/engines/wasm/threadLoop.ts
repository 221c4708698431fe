// Claims and runs jobs of the queue, on whichever thread calls it.
import { claimJob, finishJob, QUEUE } from './jobQueue.ts';
import { runJob } from './jobs.ts';
import { readJob, writeResults } from './jobTable.ts';
import type { Kernels } from './kernelModule.ts';

/** Claims and runs jobs until the queue is empty. `scratchOf` gives the address of the thread’s own scratch memory. */
export function runQueuedJobs(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  queue: Int32Array,
  scratchOf: () => number,
): void {
  for (let position = claimJob(queue); position !== null; position = claimJob(queue)) {
    const jobs = Atomics.load(queue, QUEUE.jobs) >>> 0;
    const results = Atomics.load(queue, QUEUE.results) >>> 0;
    const { job, firstResult } = readJob(memory.buffer, jobs, position);
    try {
      writeResults(memory.buffer, results, firstResult, runJob(kernels, memory, scratchOf(), job));
    } catch {
      // The kernel trapped: the thread that waits for the slice must learn of it, or it would wait for ever.
      Atomics.store(queue, QUEUE.hasFailed, 1);
    }
    finishJob(queue);
  }
}
