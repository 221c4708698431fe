// Stands in for fast-check in `npm run soak -- --part properties`: each property is tried for so many seconds, with a seed of its own,
// which a failure prints; how many cases it had is told.
import * as real from 'fast-check';
import { expect } from 'vitest';

export * from 'fast-check';

const SECONDS = Number(process.env.QKSCOPE_SECONDS ?? 20);

function tell<T>(details: real.RunDetails<T>): void {
  const { currentTestName = '', testPath = '' } = expect.getState();
  const file = testPath.slice(testPath.indexOf('tests/unit/'));
  console.log(
    `${details.failed ? 'FAILED after' : 'held in'} ${details.numRuns} cases: ${file}: ${currentTestName}`,
  );
  if (details.failed) throw new Error(real.defaultReportMessage(details));
}

/** As fast-check's, but for the number of cases and the seed. */
export function assert<T>(
  property: real.IRawProperty<T>,
  { seed: _, ...options }: real.Parameters<T> = {},
): Promise<void> | void {
  const tells = property.isAsync()
    ? { asyncReporter: async (details: real.RunDetails<T>) => tell(details) }
    : { reporter: tell };
  const many = { ...options, numRuns: 10_000_000, interruptAfterTimeLimit: 1000 * SECONDS, ...tells };
  return real.assert(property as real.IAsyncProperty<T>, many as real.Parameters<T>);
}

export default { ...real, assert };
