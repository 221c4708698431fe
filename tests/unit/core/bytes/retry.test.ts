import { describe, expect, it } from 'vitest';
import { REAL_RETRY_TOOLS, retrying } from '../../../../src/core/bytes/retry.ts';
import { QKError } from '../../../../src/core/errors.ts';

const passing = () => new QKError('server-error', 'busy', { permanent: false });

/** Runs an attempt under waits that are only written down. */
async function run(attempt: (n: number) => Promise<boolean>, hasProgressed: (n: number) => boolean) {
  const waits: number[] = [];
  let tries = 0;
  const tools = { sleep: async (ms: number) => void waits.push(ms), random: () => 1 };
  const error = await retrying(
    () => attempt(++tries),
    () => hasProgressed(tries),
    tools,
  ).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { waits, tries, error };
}
const never = () => false;

describe('retrying', () => {
  it('waits twice as long each time, and ends with the last error', async () => {
    const last = passing();
    const { waits, tries, error } = await run(() => Promise.reject(last), never);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
    expect(tries).toBe(5);
    expect(error).toBe(last);
  });

  it('counts again after progress, but not for ever', async () => {
    const some = await run(
      (n) => (n > 9 ? Promise.resolve(true) : Promise.reject(passing())),
      () => true,
    );
    expect(some).toMatchObject({ tries: 10, error: null, waits: Array(9).fill(500) });
    const endless = await run(
      () => Promise.reject(passing()),
      () => true,
    );
    expect(endless.error).toMatchObject({ code: 'server-error' });
    expect(endless.tries).toBe(33);
  });

  it('throws at once what won’t pass', async () => {
    for (const thrown of [new QKError('gated', 'no'), new TypeError('a defect')]) {
      const { tries, error } = await run(() => Promise.reject(thrown), never);
      expect(tries).toBe(1);
      expect(error).toBe(thrown);
    }
  });

  it('tries nothing after a cancellation', async () => {
    const controller = new AbortController();
    controller.abort();
    const attempt = async () => Promise.reject(new Error('was tried'));
    const { signal } = controller;
    await expect(retrying(attempt, never, REAL_RETRY_TOOLS, signal)).rejects.toBe(signal.reason);
  });

  it('ends a wait when it is cancelled, even beforehand', async () => {
    const controller = new AbortController();
    const waiting = REAL_RETRY_TOOLS.sleep(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toBe(controller.signal.reason);
    await expect(REAL_RETRY_TOOLS.sleep(60_000, controller.signal)).rejects.toBe(controller.signal.reason);
  });
});
