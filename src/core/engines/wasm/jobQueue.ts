/**
 * The queue by which threads share a slice of jobs, as int32 words of shared memory. A free thread claims the next
 * job's number by one atomic addition. The numbers go on from slice to slice: a thread that comes late finds its
 * number below `base` or past the end, and claims nothing.
 */
export const QUEUE = {
  generation: 0,
  next: 1,
  base: 2,
  count: 3,
  done: 4,
  jobs: 5,
  results: 6,
  isClosed: 7,
  hasFailed: 8,
} as const;
export const QUEUE_BYTES = 64;

/** More numbers than late threads can claim between two slices. */
const MARGIN = 4096;

/** Opens a slice of `count` jobs, whose table is already written. `jobs` and `results` are addresses. */
export function openSlice(queue: Int32Array, count: number, jobs: number, results: number): void {
  const base = (Atomics.load(queue, QUEUE.next) + MARGIN) | 0;
  Atomics.store(queue, QUEUE.done, 0);
  Atomics.store(queue, QUEUE.jobs, jobs);
  Atomics.store(queue, QUEUE.results, results);
  // Base before count, and threads read count before base: an old number never meets a new count with an old base.
  Atomics.store(queue, QUEUE.base, base);
  Atomics.store(queue, QUEUE.count, count);
  Atomics.store(queue, QUEUE.next, base);
  Atomics.add(queue, QUEUE.generation, 1);
}

/** Claims the next job: its position in the slice, or null when all are claimed. */
export function claimJob(queue: Int32Array): number | null {
  const number = Atomics.add(queue, QUEUE.next, 1);
  const count = Atomics.load(queue, QUEUE.count);
  const position = (number - Atomics.load(queue, QUEUE.base)) | 0;
  return position >= 0 && position < count ? position : null;
}

/** Counts a job as done, and wakes whoever waits for the slice. */
export function finishJob(queue: Int32Array): void {
  Atomics.add(queue, QUEUE.done, 1);
  Atomics.notify(queue, QUEUE.done);
}
