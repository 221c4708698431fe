import './ui/styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createActions } from './state/actions.ts';
import { browserStorage } from './state/browserStorage.ts';
import { createBrowserStore } from './state/browserStore.ts';
import { atNextFrame } from './state/eventBatches.ts';
import { createSavedMappings } from './state/rememberedMappings.ts';
import { createResultCache } from './state/resultCache.ts';
import { loadSettings, saveSettings } from './state/settings.ts';
import { isReturning } from './state/signIn.ts';
import { createAppStore } from './state/store.ts';
import { App } from './ui/app/App.tsx';
import { AppContext } from './ui/appContext.ts';
import { createWorkerClient } from './worker/client.ts';

const storage = browserStorage();
const store = createAppStore(loadSettings(storage));
const actions = createActions({
  store,
  client: createWorkerClient(
    () => new Worker(new URL('./worker/analysis.worker.ts', import.meta.url), { type: 'module' }),
  ),
  now: () => performance.now(),
  sampleUrl: new URL('sample/', document.baseURI).href,
  saveSettings: (settings) => saveSettings(storage, settings),
  results: createResultCache(createBrowserStore()),
  mappings: createSavedMappings(storage),
  // Absent on plain http.
  privateFiles: navigator.storage && (() => navigator.storage.getDirectory()),
  schedule: atNextFrame,
  loadOAuth: () => import('@huggingface/hub'),
});
actions.detectEngines();
actions.openSample();
if (isReturning(location.href))
  void actions.hub.returnFromSignIn(() => history.replaceState(null, '', location.pathname));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AppContext value={{ store, actions }}>
      <App />
    </AppContext>
  </StrictMode>,
);
