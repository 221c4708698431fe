import { describe, expect, it } from 'vitest';
import { isolationOffName } from '../../../src/serviceWorker/requests.ts';
import {
  hasReloaded,
  type IsolationFacts,
  noteReload,
  setIsolation,
  shouldReload,
} from '../../../src/webApp/isolation.ts';
import { fakeCaches } from '../../support/fakeCaches.ts';
import { storageOf } from '../../support/storage.ts';

const FACTS: IsolationFacts = {
  isIsolated: false,
  isolates: true,
  hasReloaded: false,
  isInUse: false,
};

describe('a page that its host doesn’t isolate', () => {
  it('is loaded once more', () => {
    expect(shouldReload(FACTS)).toBe(true);
  });

  it.each<[string, Partial<IsolationFacts>]>([
    ['it is isolated already', { isIsolated: true }],
    ['the user switched it off', { isolates: false }],
    ['it was loaded once more before', { hasReloaded: true }],
    ['the user has begun something', { isInUse: true }],
  ])('isn’t loaded once more where %s', (_, change) => {
    expect(shouldReload({ ...FACTS, ...change })).toBe(false);
  });

  it('remembers that it was loaded once more', () => {
    const storage = storageOf();
    expect(hasReloaded(() => storage)).toBe(false);
    expect(noteReload(() => storage)).toBe(true);
    expect(hasReloaded(() => storage)).toBe(true);
  });

  it('isn’t loaded once more where nothing can be remembered', () => {
    const closed = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    expect(hasReloaded(closed)).toBe(true);
    expect(noteReload(closed)).toBe(false);
  });
});

it('lets the service worker see whether isolation is switched off', async () => {
  const caches = fakeCaches();
  const storage = caches as unknown as CacheStorage;
  const name = isolationOffName('https://host.example/');
  await setIsolation(storage, 'https://host.example/', false);
  expect(await caches.has(name)).toBe(true);
  await setIsolation(storage, 'https://host.example/', true);
  expect(await caches.has(name)).toBe(false);
});
