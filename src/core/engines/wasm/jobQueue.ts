/**
 * How threads share a slice of jobs, in int32 words of shared memory. Whoever is free takes the next job's number by one atomic
 * addition. The numbers go on from slice to slice: a thread that comes late finds its number below BASE or past the end,
 * and takes nothing.
 */
export const BOARD = {
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
export const BOARD_BYTES = 64;

/** Above any number that late threads can take between two slices. */
const MARGIN = 4096;

/** Opens a slice of `count` jobs; their table is written already. */
export function openSlice(board: Int32Array, count: number, jobs: number, results: number): void {
  const base = (Atomics.load(board, BOARD.next) + MARGIN) | 0;
  Atomics.store(board, BOARD.done, 0);
  Atomics.store(board, BOARD.jobs, jobs);
  Atomics.store(board, BOARD.results, results);
  // Base before count, and threads read count before base: an old number never meets a new count with an old base.
  Atomics.store(board, BOARD.base, base);
  Atomics.store(board, BOARD.count, count);
  Atomics.store(board, BOARD.next, base);
  Atomics.add(board, BOARD.generation, 1);
}

/** The next job's position in the slice, or null when all are taken. */
export function takeJob(board: Int32Array): number | null {
  const number = Atomics.add(board, BOARD.next, 1);
  const count = Atomics.load(board, BOARD.count);
  const position = (number - Atomics.load(board, BOARD.base)) | 0;
  return position >= 0 && position < count ? position : null;
}

export function finishJob(board: Int32Array): void {
  Atomics.add(board, BOARD.done, 1);
  Atomics.notify(board, BOARD.done);
}
