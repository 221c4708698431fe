import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Build,
  type BuiltFile,
  cacheName,
  ISOLATED_PAGE_KEY,
} from '../../../src/serviceWorker/requests.ts';
import { savePage } from '../../../src/serviceWorker/savePage.ts';
import { fakeCaches } from '../../support/fakeCaches.ts';

const SCOPE = 'https://host.example/';
const PAGE = '<script type="module" src="./assets/index-a1.js"></script>';

function built(path: string, text: string, isSavedOnUse = false): BuiltFile {
  return { path, sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length, isSavedOnUse };
}

const BUILD: Build = {
  version: 'new',
  entry: 'assets/index-a1.js',
  files: [
    built('assets/index-a1.js', 'script'),
    built('sample.json', 'sample'),
    built('assets/ort.wasm', 'runtime', true),
  ],
  isolationHeaders: { 'Cross-Origin-Opener-Policy': 'same-origin' },
  fileHeaders: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'self'",
  },
};

let served: Record<string, string>;
let caches: ReturnType<typeof fakeCaches>;
const fetched: string[] = [];

beforeEach(() => {
  served = {
    '': PAGE,
    'assets/index-a1.js': 'script',
    'sample.json': 'sample',
    'assets/ort.wasm': 'runtime',
  };
  caches = fakeCaches();
  fetched.length = 0;
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('fetch', async (url: string) => {
    fetched.push(url.slice(SCOPE.length));
    const text = served[url.slice(SCOPE.length)];
    return new Response(text ?? 'not found', { status: text === undefined ? 404 : 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const saved = async () =>
  (await (await caches.open(cacheName(SCOPE, 'new'))).keys())
    .map(({ url }) => url.slice(SCOPE.length))
    .sort();

describe('saving the page', () => {
  it('keeps the page in both forms and each file but those that are saved once used', async () => {
    await savePage(SCOPE, BUILD);
    expect(await saved()).toEqual(['', ISOLATED_PAGE_KEY, 'assets/index-a1.js', 'sample.json']);
    expect(fetched).not.toContain('assets/ort.wasm');
    const cache = await caches.open(cacheName(SCOPE, 'new'));
    const isolation = async (key: string) =>
      (await cache.match(SCOPE + key))!.headers.get('Cross-Origin-Opener-Policy');
    expect([await isolation(''), await isolation(ISOLATED_PAGE_KEY)]).toEqual([null, 'same-origin']);
  });

  it('gives each file the headers that its host left out, the policy of workers with them; the page has its own', async () => {
    await savePage(SCOPE, BUILD);
    const cache = await caches.open(cacheName(SCOPE, 'new'));
    const policy = async (key: string) =>
      (await cache.match(SCOPE + key))!.headers.get('Content-Security-Policy');
    expect([await policy('assets/index-a1.js'), await policy(ISOLATED_PAGE_KEY)]).toEqual([
      "default-src 'self'",
      null,
    ]);
  });

  it('takes from an older version what is the same, and fetches it no more', async () => {
    const older = await caches.open(cacheName(SCOPE, 'old'));
    await older.put(`${SCOPE}sample.json`, new Response('sample'));
    await older.put(`${SCOPE}assets/ort.wasm`, new Response('runtime'));
    await older.put(`${SCOPE}assets/index-a1.js`, new Response('other'));
    await savePage(SCOPE, BUILD);
    expect(await saved()).toContain('assets/ort.wasm');
    expect(fetched).toEqual(['', 'assets/index-a1.js']);
  });

  it.each([
    [
      'a file of another version',
      'sample.json',
      'another',
      'the server doesn’t give sample.json as it was built',
    ],
    [
      'a page of another version',
      '',
      '<script src="./assets/index-b2.js">',
      'isn’t of the version that its service worker is of',
    ],
    ['a page in place of a file', 'assets/index-a1.js', PAGE, 'assets/index-a1.js'],
  ])('refuses %s, and keeps nothing of this version', async (_, path, text, message) => {
    served[path] = text;
    await expect(savePage(SCOPE, BUILD)).rejects.toThrow(message);
    expect(await caches.has(cacheName(SCOPE, 'new'))).toBe(false);
  });

  it('asks the server past the browser’s own cache where that has another version', async () => {
    const modes: (string | undefined)[] = [];
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      const path = url.slice(SCOPE.length);
      if (path === 'sample.json') modes.push(init?.cache);
      return new Response(path === 'sample.json' && init?.cache === 'default' ? 'stale' : served[path]);
    });
    await savePage(SCOPE, BUILD);
    expect(modes).toEqual(['default', 'reload']);
    expect(await saved()).toContain('sample.json');
  });

  it('passes on that the browser has no room, and keeps nothing', async () => {
    caches.failWith(new DOMException('full', 'QuotaExceededError'));
    await expect(savePage(SCOPE, BUILD)).rejects.toThrow('full');
    expect(await caches.has(cacheName(SCOPE, 'new'))).toBe(false);
  });
});
