// The one form in which the page says what work waits for.

/** Silence that is worth a word, s. */
export const QUIET_SECONDS = 3;
/** A worker that answers no ping for so long is busy with one long step, or has stopped, s. */
export const SILENT_WORKER_SECONDS = 5;

/** How long nothing has come of some work. */
export interface Quiet {
  readonly seconds: number;
  /** How long the background worker has owed an answer, s. */
  readonly workerSeconds: number;
}

/**
 * Returns a sentence that says what is waited for; null while that isn't long.
 * @param what as in "Waiting for …, for 5 s."
 * @param wayOn names the control that ends it, where a worker that hangs is the cause
 */
export function quietText(what: string, { seconds, workerSeconds }: Quiet, wayOn = 'Cancel'): string | null {
  if (seconds < QUIET_SECONDS) return null;
  if (workerSeconds >= SILENT_WORKER_SECONDS)
    return `The background worker hasn’t answered for ${workerSeconds} s: it is busy, or has stopped. ${wayOn} starts it again.`;
  return `Waiting for ${what}, for ${seconds} s.`;
}
