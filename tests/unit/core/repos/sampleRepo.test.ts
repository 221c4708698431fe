import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSampleRepo } from '../../../../src/core/repos/sampleRepo.ts';

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that takes the request and never answers, as fetch sees it. */
const fetch = (_: unknown, init?: RequestInit) =>
  new Promise<Response>((_, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
  });

const repo = createSampleRepo({ name: 'masked', baseUrl: 'http://page/sample/', fetch });

it('a sample that its server never sends is refused in words after a minute, and not before', async () => {
  const outcome: unknown[] = [];
  repo.open('config.json').catch((error: unknown) => outcome.push(error));
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(outcome).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  expect(outcome).toMatchObject([
    { code: 'network', where: '/sample/masked/config.json', hint: expect.stringContaining('reload') },
  ]);
});

it('Cancel ends the wait for the sample at once', async () => {
  const controller = new AbortController();
  const opening = expect(repo.open('config.json', controller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  await vi.advanceTimersByTimeAsync(1000);
  controller.abort();
  await opening;
});
