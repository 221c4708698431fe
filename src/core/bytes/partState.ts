/**
 * What a reading thread and who asked it share of one part, two int32: whether the part is free, being written or no
 * longer wanted; and how often something came. Who gives a part up may lend its memory to another read at once: so a
 * thread writes only while it holds the part, and a part that is given up can't be held any more.
 */
export const PART_STATE_BYTES = 8;
const [FREE, WRITING, STOPPED] = [0, 1, 2];

/**
 * Called by the thread before it writes: false once the part isn't wanted any more; after true it must call
 * `endWriting`.
 */
export function beginWriting(state: Int32Array): boolean {
  return Atomics.compareExchange(state, 0, FREE, WRITING) === FREE;
}

export function endWriting(state: Int32Array): void {
  Atomics.add(state, 1, 1);
  Atomics.store(state, 0, FREE);
}

export function isWanted(state: Int32Array): boolean {
  return Atomics.load(state, 0) !== STOPPED;
}

/** Called by whoever requested the part, to give it up: false while the thread is writing. */
export function tryStop(state: Int32Array): boolean {
  return Atomics.compareExchange(state, 0, FREE, STOPPED) !== WRITING;
}

/** Returns how often bytes arrived. */
export function signsOf(state: Int32Array): number {
  return Atomics.load(state, 1);
}
