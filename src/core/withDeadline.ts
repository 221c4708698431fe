const NAME = 'TimeoutError';
/** A deadline passes in so many parts: what a machine slept through counts as one of them. */
const PARTS = 4;

/**
 * Settles as a promise does, or rejects once `ms` have passed: for calls of the browser's that may never answer.
 * What the promise gives later goes nowhere.
 */
export function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let left = PARTS;
    const timer = setInterval(() => {
      if (--left > 0) return;
      clearInterval(timer);
      const error = new Error(`${what} didn't answer within ${ms} ms`);
      error.name = NAME;
      reject(error);
    }, ms / PARTS);
    promise.then(resolve, reject).finally(() => clearInterval(timer));
  });
}

/**
 * Returns whether a deadline has passed: here, or in a thread that described its error as "TimeoutError: …".
 */
export function isDeadlineError(error: unknown): boolean {
  return error instanceof Error && (error.name === NAME || error.message.startsWith(`${NAME}: `));
}
