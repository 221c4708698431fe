import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheName, type WorkerNews } from '../../../src/serviceWorker/requests.ts';
import type { OfflineSlice } from '../../../src/state/offline.ts';
import { registerWorker } from '../../../src/webApp/registration.ts';
import { fakeCaches } from '../../support/fakeCaches.ts';

const WORKER_URL = 'https://host.example/serviceWorker.js';
const ENTRY_URL = 'https://host.example/assets/index-a1.js';

class FakeWorker extends EventTarget {
  readonly scriptURL = WORKER_URL;
  readonly postMessage = vi.fn();
  constructor(public state: ServiceWorkerState) {
    super();
  }
  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

/** A browser's registration and container, as far as they are used. */
class FakeRegistration extends EventTarget {
  active: FakeWorker | null = null;
  readonly unregister = vi.fn(async () => true);
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
}

class FakeContainer extends EventTarget {
  controller: FakeWorker | null = null;
  readonly registration = new FakeRegistration();
  readonly register = vi.fn(async (_url: string) => this.registration);
  startMessages(): void {}
  say(news: WorkerNews, scriptURL = WORKER_URL): void {
    const source = { scriptURL };
    this.dispatchEvent(Object.assign(new Event('message'), { data: news, source }));
  }
}

let container: FakeContainer;
let state: Partial<OfflineSlice>;
const registered = (settled = Promise.resolve()) =>
  registerWorker({
    container: container as unknown as ServiceWorkerContainer,
    workerUrl: WORKER_URL,
    entryUrl: ENTRY_URL,
    settled,
    report: (change) => Object.assign(state, change),
  });

/** The host's answer to whoever asks for the worker; null without a network. */
let answer: Response | null;

beforeEach(() => {
  container = new FakeContainer();
  state = {};
  answer = new Response('', { headers: { 'content-type': 'text/javascript' } });
  vi.stubGlobal('fetch', () => (answer === null ? Promise.reject(new TypeError('no network')) : answer));
});
afterEach(() => vi.unstubAllGlobals());

describe('the page’s end of the service worker', () => {
  it('waits for the first worker, and asks it to answer for this version of the page', async () => {
    const worker = new FakeWorker('installing');
    container.registration.installing = worker;
    const done = registered();
    await vi.waitFor(() => expect(state.offlineCopy).toEqual({ kind: 'saving' }));
    expect(worker.postMessage).not.toHaveBeenCalled();
    worker.become('activated');
    await done;
    expect(worker.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'claim', entry: ENTRY_URL });
    container.say({ type: 'saved', files: 3, bytes: 10 });
    expect(state.offlineCopy).toEqual({ kind: 'saved', files: 3, bytes: 10 });
    expect(state.isUpdateWaiting).toBeUndefined();
  });

  it('fetches nothing for later while the page reads what it opened with, but asks what is saved', async () => {
    container.controller = new FakeWorker('activated');
    void registered(new Promise(() => {}));
    await vi.waitFor(() => expect(container.controller!.postMessage).toHaveBeenCalledOnce());
    expect(container.register).not.toHaveBeenCalled();
  });

  it('says why the page couldn’t be saved', async () => {
    const worker = new FakeWorker('installing');
    container.registration.installing = worker;
    const done = registered();
    await vi.waitFor(() => expect(state.offlineCopy).toEqual({ kind: 'saving' }));
    worker.become('redundant');
    container.say({ type: 'not-saved', what: 'page', reason: 'the browser has no room left for it' });
    await expect(done).rejects.toThrow('the browser has no room left for it');
  });

  it.each(['file', 'page'] as const)(
    'says that a %s couldn’t be saved where an older version is',
    async (what) => {
      container.registration.active = new FakeWorker('activated');
      await registered();
      container.say({ type: 'saved', files: 3, bytes: 10 });
      container.say({ type: 'not-saved', what, reason: 'no room' });
      expect(state).toMatchObject({ offlineCopy: { kind: 'saved' }, unsaved: { what, reason: 'no room' } });
    },
  );

  it('hears its own worker alone', async () => {
    container.registration.active = new FakeWorker('activated');
    await registered();
    container.say({ type: 'saved', files: 9, bytes: 9 }, 'https://host.example/above/serviceWorker.js');
    expect(state.offlineCopy).toBeUndefined();
  });

  it('says that a newer version waits: one that is found later, and one that waited before', async () => {
    const { registration } = container;
    registration.active = new FakeWorker('activated');
    await registered();
    expect(state.isUpdateWaiting).toBeUndefined();
    const newer = new FakeWorker('installing');
    registration.installing = newer;
    registration.dispatchEvent(new Event('updatefound'));
    registration.waiting = newer;
    newer.become('installed');
    expect(state.isUpdateWaiting).toBe(true);
    state = {};
    await registered();
    expect(state.isUpdateWaiting).toBe(true);
  });

  it.each([
    ['has no worker', new Response('', { status: 404 })],
    ['answers with a page', new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })],
  ])('leaves the address to its host where that %s', async (_, response) => {
    container.registration.active = new FakeWorker('activated');
    answer = response;
    const caches = fakeCaches();
    vi.stubGlobal('caches', caches);
    await caches.open(cacheName('https://host.example/', '1'));
    await caches.open('another page’s');
    await expect(registered()).rejects.toThrow('its host serves another page now');
    expect(container.registration.unregister).toHaveBeenCalledOnce();
    expect(await caches.keys()).toEqual(['another page’s']);
  });

  it.each([
    ['there is no network', null],
    ['its host has a fault', new Response('', { status: 503 })],
  ])('goes on where %s', async (_, response) => {
    container.registration.active = new FakeWorker('activated');
    answer = response;
    await registered();
    expect(container.registration.unregister).not.toHaveBeenCalled();
  });

  it('passes on why the browser refuses a worker', async () => {
    container.register.mockRejectedValueOnce(new DOMException('not allowed', 'SecurityError'));
    await expect(registered()).rejects.toThrow('not allowed');
  });
});
