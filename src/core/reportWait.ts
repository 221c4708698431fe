// Reports that something outside is waited for, where that takes long.
import { raceWithAbort } from './raceWithAbort.ts';

/** What comes sooner isn't worth a word, ms. */
const LONG_MS = 2000;

/**
 * Waits for something outside, and yields `event` once where that takes long. A cancellation is obeyed at once, also by what
 * can't be stopped: what that gives later goes nowhere.
 */
export async function* reportWait<T, Event>(
  work: Promise<T>,
  event: Event,
  signal: AbortSignal,
): AsyncGenerator<Event, T, void> {
  const result = raceWithAbort(work, signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const long = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, LONG_MS, true);
  });
  try {
    const isLong = await Promise.race([result.then(() => false), long]);
    if (isLong) yield event;
    return await result;
  } finally {
    clearTimeout(timer);
  }
}
