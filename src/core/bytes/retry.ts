import { delay } from '../delay.ts';
import { isAbort, QKError } from '../errors.ts';

/** Waits and chance, injected so that tests take no time and are repeatable. */
export interface RetryTools {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  /** A connection that brings nothing for so long counts as broken; absent: it is waited for. */
  readonly stallMs?: number;
}

export const REAL_RETRY_TOOLS: RetryTools = {
  sleep: delay,
  random: Math.random,
  stallMs: 30_000,
};

/** Tries after the first, and the longest wait of the first of them; each wait is at most twice the last. */
const RETRIES = 4;
const FIRST_WAIT_MS = 500;
/** However far each try gets: a server that breaks off after every few bytes isn't asked for ever. */
const MAX_FAILURES = 32;

/**
 * Calls `attempt` until it says that it is done. A failure that may pass (`permanent` false) is retried after a
 * random, growing wait; an attempt that got further resets the count. Browsers can't read the hub's rate-limit
 * headers, so the wait is blind.
 * @param attempt answers true when all is done, false when it got further but not to the end
 */
export async function retrying(
  attempt: () => Promise<boolean>,
  hasProgressed: () => boolean,
  tools: RetryTools,
  signal?: AbortSignal,
): Promise<void> {
  for (let failures = 0, inAll = 0; ; ) {
    signal?.throwIfAborted();
    try {
      if (await attempt()) return;
      failures = 0;
    } catch (error) {
      if (isAbort(error) || !(error instanceof QKError) || error.permanent) throw error;
      failures = hasProgressed() ? 1 : failures + 1;
      inAll++;
      if (failures > RETRIES || inAll > MAX_FAILURES) throw error;
      await tools.sleep(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + tools.random() / 2), signal);
    }
  }
}
