// What makes the page an app of its own: it opens without a network, isolates itself where its host doesn't, and opens files that
// the system hands to it. Fetched after the first paint.
import type { StoreApi } from 'zustand/vanilla';
import { withDeadline } from '../core/withDeadline.ts';
import type { Actions } from '../state/actions.ts';
import type { AppState } from '../state/appState.ts';
import { hasReloaded, noteReload, setIsolation, shouldReload } from './isolation.ts';
import { type LaunchQueue, openLaunchedFiles } from './launchedFiles.ts';
import { registerWorker } from './registration.ts';
import { servedResult } from './servedResult.ts';

/** On a slow line saving the page waits for the sample, but not for ever. */
const LONGEST_WAIT_MS = 10_000;
/** The browser’s storage answers sooner, or not at all, ms. */
const STORAGE_MS = 10_000;

export async function startWebApp(
  store: StoreApi<AppState>,
  { page, offline, openFiles, openListed }: Actions,
): Promise<void> {
  if ('launchQueue' in window) openLaunchedFiles(window.launchQueue as LaunchQueue, openListed);
  page
    .waitFor('this page’s server to send the result that its address names', (signal) =>
      servedResult(location.search, document.baseURI, signal),
    )
    .then(openFiles)
    .catch(page.showError);
  // In a frame the page around it decides what is kept, and on isolation.
  if (window.top !== window.self) return;
  const folder = new URL('./', document.baseURI).href;
  try {
    if (!('serviceWorker' in navigator))
      throw new Error('this browser has no service workers, or the address isn’t https');
    const isSet = setIsolation(caches, folder, store.getState().settings.isolates);
    await withDeadline(isSet, STORAGE_MS, 'the browser’s storage');
    store.subscribe(({ settings }, before) => {
      if (settings.isolates !== before.settings.isolates)
        setIsolation(caches, folder, settings.isolates).catch(page.showError);
    });
    // As scripts/serviceWorkerPlugin.js names it.
    const scripts = document.querySelectorAll<HTMLScriptElement>('script[type="module"]');
    const { src = '' } = [...scripts].at(-1) ?? {};
    await registerWorker({
      container: navigator.serviceWorker,
      workerUrl: `${folder}serviceWorker.js`,
      entryUrl: src,
      // A page that is to be loaded once more needn't wait for what it reads.
      settled: crossOriginIsolated ? settled(store) : Promise.resolve(),
      report: offline.report,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    offline.report({ offlineCopy: { kind: 'failed', reason } });
    return;
  }
  const facts = {
    isIsolated: crossOriginIsolated,
    isolates: store.getState().settings.isolates,
    hasReloaded: hasReloaded(() => sessionStorage),
    isInUse: isInUse(store.getState()),
  };
  if (shouldReload(facts) && noteReload(() => sessionStorage)) location.reload();
}

/** Files can't be opened again by a reload; what a click began would begin once more. */
function isInUse({ models }: AppState): boolean {
  return (
    navigator.userActivation?.hasBeenActive !== false || models.some(({ choice }) => choice.kind === 'local')
  );
}

/** Waits until the models that the page opened with are read. */
function settled(store: StoreApi<AppState>): Promise<void> {
  const isSettled = ({ models }: AppState) =>
    models.every(({ status }) => status !== 'opening' && status !== 'running');
  return new Promise((resolve) => {
    const done = () => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const stop = store.subscribe((state) => isSettled(state) && done());
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    if (isSettled(store.getState())) done();
  });
}
