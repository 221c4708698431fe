import { BOARD, finishJob, takeJob } from './jobQueue.ts';
import { runJob } from './jobs.ts';
import { readJob, writeResults } from './jobTable.ts';
import type { Kernels } from './kernelModule.ts';

/** Takes jobs from the board until none is left. The scratch address is the thread's own. */
export function takeJobs(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  board: Int32Array,
  scratchOf: () => number,
): void {
  for (let position = takeJob(board); position !== null; position = takeJob(board)) {
    const jobs = Atomics.load(board, BOARD.jobs) >>> 0;
    const results = Atomics.load(board, BOARD.results) >>> 0;
    const { job, firstResult } = readJob(memory.buffer, jobs, position);
    try {
      writeResults(memory.buffer, results, firstResult, runJob(kernels, memory, scratchOf(), job));
    } catch {
      // A trap: who waits for the slice must hear of it, or would wait for ever.
      Atomics.store(board, BOARD.hasFailed, 1);
    }
    finishJob(board);
  }
}
