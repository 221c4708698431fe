import { describe, expect, it } from 'vitest';
import {
  type BuiltFile,
  cacheName,
  ISOLATED_PAGE_KEY,
  olderCaches,
  PAGE_KEY,
  type RequestFacts,
  routeOf,
  savedHeaders,
  savedKey,
} from '../../../src/serviceWorker/requests.ts';

const SCOPE = 'https://host.example/lab/qkscope/';
const fileAt = (path: string): BuiltFile => ({ path, sha256: '00', bytes: 1, isSavedOnUse: false });
const FILES = new Map(
  ['assets/index-a1.js', 'sample/masked/config.json'].map((path) => [path, fileAt(path)]),
);

interface Asked {
  readonly method?: string;
  readonly mode?: RequestMode;
  readonly destination?: RequestDestination;
  readonly range?: string;
}

function route(url: string, { method = 'GET', mode = 'cors', destination = '', range }: Asked = {}) {
  const headers = new Headers(range === undefined ? {} : { range });
  const request: RequestFacts = { method, url: new URL(url, SCOPE).href, mode, destination, headers };
  return routeOf(request, SCOPE, FILES);
}

const OPENED = { mode: 'navigate', destination: 'document' } as const;

describe('a request', () => {
  it('for a file of the build is answered from what is saved', () => {
    expect(route('assets/index-a1.js')).toEqual({ kind: 'file', file: fileAt('assets/index-a1.js') });
    expect(route('sample/masked/config.json', OPENED).kind).toBe('file');
  });

  it.each(['./', 'index.html', './?embed=1', './?code=1&state=2'])(
    'that opens %s is answered with the page',
    (url) => {
      expect(route(url, OPENED)).toEqual({ kind: 'page', isFramed: false });
    },
  );

  it.each(['iframe', 'frame', 'embed', 'object'] as const)(
    'that opens the page in an element %s is known as framed',
    (destination) => {
      expect(route('./', { mode: 'navigate', destination })).toEqual({ kind: 'page', isFramed: true });
    },
  );

  it.each<[string, string, Asked]>([
    ['for a part of a file', 'assets/index-a1.js', { range: 'bytes=0-9' }],
    ['that sends something', 'assets/index-a1.js', { method: 'POST' }],
    ['for headers alone', 'assets/index-a1.js', { method: 'HEAD' }],
    ['to the hub', 'https://huggingface.co/gpt2/resolve/main/config.json', {}],
    ['to the hub, without CORS', 'https://huggingface.co/assets/index-a1.js', { mode: 'no-cors' }],
    ['to the same host on another port', 'https://host.example:8443/lab/qkscope/assets/index-a1.js', {}],
    ['that opens another page of the host', '../other/', OPENED],
    ['for a file of another folder of the host', '/assets/index-a1.js', {}],
    ['that opens a page under this one that the build has not', 'other/', OPENED],
    ['for a file of another version', 'assets/index-b2.js', {}],
    ['for a file with a query', 'assets/index-a1.js?v=2', {}],
    ['that reads the page without opening it', './', {}],
  ])('%s is left to the network', (_, url, asked) => {
    expect(route(url, asked)).toEqual({ kind: 'leave' });
  });
});

describe('the answer', () => {
  it('to an opened page is the isolated one, unless the user switched that off or a frame holds it', () => {
    expect(savedKey({ kind: 'page', isFramed: false }, true)).toBe(ISOLATED_PAGE_KEY);
    expect(savedKey({ kind: 'page', isFramed: false }, false)).toBe(PAGE_KEY);
    expect(savedKey({ kind: 'page', isFramed: true }, true)).toBe(PAGE_KEY);
  });

  it('keeps what the host sends, adds what isolates, and drops what was of the transfer', () => {
    const sent = new Headers({
      'Content-Type': 'text/html',
      'Content-Encoding': 'br',
      'Content-Length': '12',
      Vary: '*',
      'Cross-Origin-Embedder-Policy': 'credentialless',
    });
    const added = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    };
    expect(Object.fromEntries(savedHeaders(sent, added))).toEqual({
      'content-type': 'text/html',
      'cross-origin-embedder-policy': 'credentialless',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

it('removes caches of older versions of this page, and no other page’s', () => {
  const elsewhere = cacheName('https://host.example/lab/', '1');
  const names = [cacheName(SCOPE, '1'), cacheName(SCOPE, '2'), elsewhere, 'another app'];
  expect(olderCaches(names, SCOPE, '2')).toEqual([cacheName(SCOPE, '1')]);
});
