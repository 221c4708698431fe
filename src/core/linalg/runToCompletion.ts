/** Runs a cooperative computation (a generator) to completion without yielding. */
export function runToCompletion<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
