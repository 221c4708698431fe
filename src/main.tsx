// Starts the page: it joins what the browser saved, the store, the worker's client and the view.
import './firstScreen/afterFirstPaint.ts';
import './ui/styles/index.css';
import './firstScreen/firstScreen.css';
import 'virtual:first-screen.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createActions } from './state/actions.ts';
import { createAppStore } from './state/appState.ts';
import { browserStorage, createBrowserStore, createEmptyStore } from './state/browserStorage.ts';
import { atNextFrame } from './state/eventBatches.ts';
import { createResultCache } from './state/resultCache.ts';
import { createSavedMappings } from './state/savedMappings.ts';
import { loadSettings } from './state/settings.ts';
import { isReturning } from './state/signIn.ts';
import { App } from './ui/app/App.tsx';
import { AppContext } from './ui/appContext.ts';
import { ErrorBoundary } from './ui/widgets/ErrorBoundary.tsx';
import { lazyWithPreload } from './ui/widgets/lazyWithPreload.tsx';
import { createWorkerClient } from './worker/client.ts';
import { trustOwnScripts } from './worker/scriptPolicy.ts';

trustOwnScripts(new URL('./', document.baseURI).href);
/** The map alone, for a frame in another page: what this browser saved is neither shown there nor changed. */
const isEmbedded = new URLSearchParams(location.search).get('embed') === '1';
const EmbeddedPage = lazyWithPreload(() => import('./ui/embed/EmbeddedPage.tsx'), 'EmbeddedPage', 0);
const storage = isEmbedded ? browserStorage(() => null) : browserStorage();
const store = createAppStore(loadSettings(storage));
const actions = createActions(store, {
  client: createWorkerClient(
    () => new Worker(new URL('./worker/analysis.worker.ts', import.meta.url), { type: 'module' }),
  ),
  now: () => performance.now(),
  schedule: atNextFrame,
  sampleUrl: new URL('sample/', document.baseURI).href,
  storage,
  results: createResultCache(isEmbedded ? createEmptyStore() : createBrowserStore()),
  mappings: createSavedMappings(storage),
  // Absent on plain http.
  opfs: isEmbedded ? undefined : navigator.storage?.getDirectory && (() => navigator.storage.getDirectory()),
  loadOAuth: () => import('@huggingface/hub'),
});
actions.settings.detectEngines();
// What a link names opens in its place.
if (!/[#&]m=/.test(location.hash)) actions.models.openSample();
actions.links.follow(window).catch(actions.page.showError);
if (isReturning(location.href))
  void actions.hub.returnFromSignIn(() =>
    history.replaceState(history.state, '', location.pathname + location.hash),
  );

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AppContext value={{ store, actions }}>
      <ErrorBoundary>{isEmbedded ? <EmbeddedPage fragment={location.hash} /> : <App />}</ErrorBoundary>
    </AppContext>
  </StrictMode>,
);

// Not needed for the first paint. The page's code waits for that paint, and may begin after the page was loaded.
const startWebApp = async () => {
  try {
    await (await import('./webApp/start.ts')).startWebApp(store, actions);
  } catch (error) {
    actions.page.showError(error);
  }
};
if (import.meta.env.PROD && !isEmbedded) {
  if (document.readyState === 'complete') void startWebApp();
  else window.addEventListener('load', startWebApp);
}
