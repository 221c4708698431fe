import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reportWait } from '../../../src/core/reportWait.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a wait yields, and how it ends. */
function waitFor(work: Promise<string>, signal = new AbortController().signal) {
  const seen: string[] = [];
  const run = async () => {
    const waiting = reportWait(work, 'waiting', signal);
    for (;;) {
      const { done, value } = await waiting.next();
      seen.push(value);
      if (done) return;
    }
  };
  const ended = run().catch((error: unknown) => void seen.push(String(error)));
  return { seen, ended };
}

const after = (ms: number) => new Promise<string>((resolve) => setTimeout(resolve, ms, 'there'));

it('yields nothing where what is waited for comes soon', async () => {
  const { seen, ended } = waitFor(after(1900));
  await vi.advanceTimersByTimeAsync(1900);
  await ended;
  expect(seen).toEqual(['there']);
  expect(vi.getTimerCount()).toBe(0);
});

it('yields its event once where it takes two seconds, and then what came', async () => {
  const { seen, ended } = waitFor(after(60_000));
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen).toEqual(['waiting']);
  await vi.advanceTimersByTimeAsync(58_000);
  await ended;
  expect(seen).toEqual(['waiting', 'there']);
});

it('ends at once when it is cancelled, before and after its event', async () => {
  for (const ms of [0, 5000]) {
    const controller = new AbortController();
    const { seen, ended } = waitFor(new Promise(() => {}), controller.signal);
    await vi.advanceTimersByTimeAsync(ms);
    controller.abort(new Error('stop'));
    await ended;
    expect(seen.at(-1)).toBe('Error: stop');
    expect(vi.getTimerCount()).toBe(0);
  }
});
