import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchLoading } from '../../../src/ui/widgets/watchLoading.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Watches a promise that the test settles. */
function watch() {
  const said: string[] = [];
  let settle = { resolve: () => {}, reject: (_: unknown) => {} };
  const loading = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const stop = watchLoading(loading, (status) => said.push(status));
  return { said, stop, ...settle };
}

describe('code of a part of the page', () => {
  it('that comes soon needs no word', async () => {
    const { said, resolve } = watch();
    await vi.advanceTimersByTimeAsync(2900);
    resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['there']);
  });

  it('that doesn’t come is said to be waited for after 3 s, given up after 30 s, and shown when it comes late', async () => {
    const { said, resolve } = watch();
    await vi.advanceTimersByTimeAsync(3100);
    expect(said).toEqual(['slow']);
    await vi.advanceTimersByTimeAsync(27_000);
    expect(said).toEqual(['slow', 'late']);
    resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(['slow', 'late', 'there']);
  });

  it('that can’t be fetched is said at once', async () => {
    const { said, reject } = watch();
    reject(new TypeError('gone'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['failed']);
  });

  it('isn’t reported to what is no longer shown', async () => {
    const { said, stop, resolve } = watch();
    stop();
    resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
  });
});
