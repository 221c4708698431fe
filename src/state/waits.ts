// What the page itself waits for when the user asked for something: said where it takes long, cancelled by a click, ended by a limit.
import type { StoreApi } from 'zustand/vanilla';
import { QKError } from '../core/errors.ts';
import { raceWithAbort } from '../core/raceWithAbort.ts';
import { isDeadlineError, withDeadline } from '../core/withDeadline.ts';

/** Something outside that is waited for. */
export interface PageWait {
  readonly key: number;
  /** As in "Waiting for …": "this page’s server to send the code that reads links". */
  readonly what: string;
  readonly cancel: () => void;
}

export interface WaitsSlice {
  /** Those that take long, the oldest first. */
  readonly waits: readonly PageWait[];
}

export const INITIAL_WAITS: WaitsSlice = { waits: [] };

/** What openings need beside the model itself. */
export const OPENING_CODE = 'this page’s server to send the code that opens models';
export const READING = 'the disk to give these files, or this page’s server the code that reads them';

/** What comes sooner isn't worth a word, ms. */
const LONG_MS = 3000;
/** What hasn't come by then isn't waited for any longer, ms. */
const LIMIT_MS = 60_000;

let lastKey = 0;

/**
 * Waits for something outside on the user's behalf. What it gives after a cancellation or after the limit goes nowhere.
 * @param signal ends it, too
 * @throws QKError 'network' after the limit; AbortError when cancelled; what `work` throws
 */
export async function waitOutside<T>(
  { store }: { readonly store: Pick<StoreApi<WaitsSlice>, 'getState' | 'setState'> },
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  const wait: PageWait = { key: ++lastKey, what, cancel };
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel);
  const timer = setTimeout(() => store.setState(({ waits }) => ({ waits: [...waits, wait] })), LONG_MS);
  try {
    const working = withDeadline(work(controller.signal), LIMIT_MS, what);
    return await raceWithAbort(working, controller.signal);
  } catch (cause) {
    if (!isDeadlineError(cause)) throw cause;
    cancel();
    throw new QKError('network', `Waited ${LIMIT_MS / 1000} s in vain for ${what}.`, {
      hint: 'Try again. If it stays so, reload the page.',
      permanent: false,
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    if (store.getState().waits.includes(wait))
      store.setState(({ waits }) => ({ waits: waits.filter((other) => other !== wait) }));
  }
}
