// The page's end of the service worker: registers it, reports what it says, and reloads the page once where that isolates it.
import type { ClaimRequest, WorkerNews } from '../serviceWorker/requests.ts';
import type { OfflineSlice } from '../state/offline.ts';

export interface Registering {
  readonly container: ServiceWorkerContainer;
  /** Absolute URL of the built worker. */
  readonly workerUrl: string;
  /** Absolute URL of the page's script, which names the page's version. */
  readonly entryUrl: string;
  readonly report: (change: Partial<OfflineSlice>) => void;
}

/**
 * Registers the service worker, which saves the page. Resolves when a worker answers for the page from its next load on.
 * @throws what the browser says where it refuses the worker
 */
export async function registerWorker({ container, workerUrl, entryUrl, report }: Registering): Promise<void> {
  let savingFailed: string | null = null;
  container.addEventListener('message', ({ data, source }: MessageEvent<WorkerNews>) => {
    // A page in a folder above hears its own worker alone.
    if (!(source instanceof ServiceWorker) || source.scriptURL !== workerUrl) return;
    if (data.type === 'saved')
      report({ offlineCopy: { kind: 'saved', files: data.files, bytes: data.bytes } });
    else if (data.what === 'file') report({ unsavedReason: data.reason });
    else savingFailed = data.reason;
  });
  container.startMessages();
  const registration = await container.register(workerUrl);
  const isFirst = registration.active === null;
  if (isFirst) report({ offlineCopy: { kind: 'saving' } });
  const follow = (worker: ServiceWorker | null) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration.active !== null) report({ isUpdateWaiting: true });
      if (worker.state === 'redundant' && registration.active === null)
        report({ offlineCopy: { kind: 'failed', reason: savingFailed ?? 'the browser gave no reason' } });
    });
  if (registration.waiting !== null) report({ isUpdateWaiting: true });
  follow(registration.installing);
  registration.addEventListener('updatefound', () => follow(registration.installing));
  const { active } = await container.ready;
  active?.postMessage({ type: 'claim', entry: entryUrl } satisfies ClaimRequest);
}
