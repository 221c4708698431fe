import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { savedAnswer } from '../../../src/serviceWorker/savedAnswer.ts';

const SCOPE = 'https://host.example/page/';
const PAGE = { kind: 'page', isFramed: false } as const;
const HUNG = new Promise<never>(() => {});
const cacheWith = (match: Cache['match']) => ({ match }) as Cache;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('caches', { has: async () => false });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('is found under the page’s key', async () => {
  const saved = new Response('the page');
  const cache = cacheWith(async (key) => (key === `${SCOPE}?isolated` ? saved : undefined));
  expect(await savedAnswer(SCOPE, PAGE, async () => cache)).toEqual({ cache, saved });
});

const HANGING: readonly (readonly [string, Pick<CacheStorage, 'has'>, () => Promise<Cache>])[] = [
  ['has', { has: () => HUNG }, async () => cacheWith(async () => undefined)],
  ['open', { has: async () => false }, () => HUNG],
  ['match', { has: async () => false }, async () => cacheWith(() => HUNG)],
];

it.each(HANGING)('is none after 3 s where the storage’s %s hangs', async (_, storage, openCache) => {
  vi.stubGlobal('caches', storage);
  let found: unknown = 'waiting';
  void savedAnswer(SCOPE, PAGE, openCache).then((answer) => {
    found = answer;
  });
  await vi.advanceTimersByTimeAsync(2900);
  expect(found).toBe('waiting');
  await vi.advanceTimersByTimeAsync(200);
  expect(found).toEqual({ cache: null, saved: undefined });
});

it('is none where storage is closed', async () => {
  const closed = () => Promise.reject(new DOMException('closed', 'SecurityError'));
  expect(await savedAnswer(SCOPE, PAGE, closed)).toEqual({ cache: null, saved: undefined });
});
