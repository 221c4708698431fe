import { signsOf, tryStop } from './partState.ts';
import type { FileReadAnswer, FileReadRequest, ReadingThread } from './readingThread.ts';

/** A reading thread that is given up for good when it is silent for too long, or stops. */
export interface WatchedThread {
  readonly isGivenUp: boolean;
  /** 'stopped' where the thread can't: by then it writes no more. Never rejects. */
  read(request: FileReadRequest): Promise<FileReadAnswer | 'stopped'>;
}

interface Owed {
  readonly state: Int32Array;
  readonly settle: (answer: FileReadAnswer | 'stopped') => void;
}

/** @param silenceMs how long a thread that owes something may bring nothing */
export function watchThread(thread: ReadingThread, silenceMs: number): WatchedThread {
  const owed = new Set<Owed>();
  let isGivenUp = false;
  let timer: ReturnType<typeof setInterval> | null = null;
  /** Signs of life of the requests that are settled. */
  let past = 0;
  let seen = 0;
  const signs = () => [...owed].reduce((sum, { state }) => sum + signsOf(state), past);

  function settle(pending: Owed, answer: FileReadAnswer | 'stopped'): void {
    if (!owed.delete(pending)) return;
    past += 1 + signsOf(pending.state);
    if (owed.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
    pending.settle(answer);
  }

  function giveUp(): void {
    if (isGivenUp) return;
    isGivenUp = true;
    thread.close?.();
    for (const pending of owed) void stopPart(pending.state).then(() => settle(pending, 'stopped'));
  }

  function look(): void {
    const now = signs();
    if (now === seen) giveUp();
    seen = now;
  }

  return {
    get isGivenUp() {
      return isGivenUp;
    },
    read(request) {
      if (isGivenUp) return Promise.resolve('stopped');
      return new Promise((resolve) => {
        const pending: Owed = { state: new Int32Array(request.stop), settle: resolve };
        owed.add(pending);
        if (timer === null) {
          seen = signs();
          timer = setInterval(look, silenceMs);
        }
        thread.read(request).then(
          (answer) => (answer === 'stopped' ? giveUp() : settle(pending, answer)),
          () => giveUp(),
        );
      });
    },
  };
}

/** Longer than any piece takes to be copied: a thread that still holds a part by then was ended while it did. */
const COPY_MS = 1000;

/** From its end on no thread writes the part. */
export async function stopPart(state: Int32Array): Promise<void> {
  for (let waited = 0; !tryStop(state) && waited < COPY_MS; waited += 10)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
