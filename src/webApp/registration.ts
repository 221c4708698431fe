// The page's end of the service worker: registers it, and reports what it says.
import { type ClaimRequest, cachesOfPage, type WorkerNews } from '../serviceWorker/requests.ts';
import type { OfflineSlice } from '../state/offline.ts';

export interface Registering {
  readonly container: ServiceWorkerContainer;
  /** Absolute URL of the built worker. */
  readonly workerUrl: string;
  /** Absolute URL of the page's script, which names the page's version. */
  readonly entryUrl: string;
  /** Resolves when the page has read what it opened with: until then nothing is fetched for later. */
  readonly settled: Promise<void>;
  readonly report: (change: Partial<OfflineSlice>) => void;
}

/**
 * Registers the service worker, which saves the page. Resolves when a worker answers for the page from its next load on.
 * @throws Error that says why no worker will
 */
export async function registerWorker(registering: Registering): Promise<void> {
  const { container, workerUrl, entryUrl, settled, report } = registering;
  let reason: string | null = null;
  container.addEventListener('message', ({ data, source }: MessageEvent<WorkerNews>) => {
    // A worker of a folder above answers for pages of this one too, and says the same things.
    if (source === null || !('scriptURL' in source) || source.scriptURL !== workerUrl) return;
    if (data.type === 'saved')
      report({ offlineCopy: { kind: 'saved', files: data.files, bytes: data.bytes } });
    else report({ unsaved: data });
    if (data.type === 'not-saved' && data.what === 'page') reason = data.reason;
  });
  container.startMessages();
  const claim = (worker: ServiceWorker) =>
    worker.postMessage({ type: 'claim', entry: entryUrl } satisfies ClaimRequest);
  if (container.controller?.scriptURL === workerUrl) claim(container.controller);
  await settled;
  const registration = await container.register(workerUrl);
  if (registration.active !== null && (await isGone(workerUrl))) {
    await registration.unregister();
    const names = cachesOfPage(await caches.keys(), new URL('./', workerUrl).href);
    await Promise.all(names.map((name) => caches.delete(name)));
    throw new Error('its host serves another page now, which opens at the next load');
  }
  if (registration.active === null) report({ offlineCopy: { kind: 'saving' } });
  watchUpdates(registration, report);
  claim(await activeWorker(registration, () => reason));
}

/** True where the host answers without this page's worker: its address belongs to another page, which mustn't stay hidden. */
async function isGone(workerUrl: string): Promise<boolean> {
  try {
    const { ok, status, headers } = await fetch(workerUrl, { cache: 'no-cache' });
    // Some hosts answer any path with a page.
    return ok ? !/javascript/.test(headers.get('content-type') ?? '') : status === 404 || status === 410;
  } catch {
    // There is no network: nothing is known of the host.
    return false;
  }
}

/** A worker that was saved while another answers waits until that one's pages are closed. */
function watchUpdates(registration: ServiceWorkerRegistration, report: Registering['report']): void {
  const note = () => {
    if (registration.waiting !== null && registration.active !== null) report({ isUpdateWaiting: true });
  };
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', note),
  );
  registration.installing?.addEventListener('statechange', note);
  note();
}

/** The worker that answers; the first one is waited for. */
function activeWorker(
  registration: ServiceWorkerRegistration,
  reason: () => string | null,
): Promise<ServiceWorker> {
  const { active, installing, waiting } = registration;
  const first = active ?? installing ?? waiting;
  return new Promise((resolve, reject) => {
    if (first === null) throw new Error('the browser dropped the service worker');
    const look = () => {
      if (first.state === 'activated') resolve(first);
      // What the worker said of it may come a moment later.
      if (first.state === 'redundant')
        setTimeout(() => reject(new Error(reason() ?? 'the browser gave no reason')), REASON_MS);
    };
    first.addEventListener('statechange', look);
    look();
  });
}

const REASON_MS = 200;
