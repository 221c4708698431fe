// The page's first screen as markup, made when the page is built (scripts/firstScreenPlugin.js), so that the sample's maps are painted
// before any script runs. It is the page itself, rendered by React; what it draws on canvases stands there as SVG.
import { renderToStaticMarkup } from 'react-dom/server';
import { createActions } from '../state/actions.ts';
import { createAppStore, INITIAL_STATE } from '../state/appState.ts';
import { browserStorage, createEmptyStore } from '../state/browserStorage.ts';
import { createResultCache } from '../state/resultCache.ts';
import { createSavedMappings } from '../state/savedMappings.ts';
import { App } from '../ui/app/App.tsx';
import { AppContext } from '../ui/appContext.ts';
import { fluidLegend } from './fluidLegend.ts';
import { fluidMap, MAP_WIDTHS } from './fluidMap.ts';
import { joinThemes, takeStylesOut, withoutControls } from './markup.ts';
import { stage } from './stage.ts';

/** The markup inside of #root, and the stylesheet that it needs beside the page's own. */
export function firstScreen(): { readonly html: string; readonly css: string } {
  const [light, dark] = (['light', 'dark'] as const).map((theme) => {
    const pages = MAP_WIDTHS.map((width) => renderAt(width, theme));
    const scenesOf = (index: number) => pages.map(({ scenes }) => scenes[index]!);
    return pages[0]!.html.replace(/<svg data-scene="(\d+)"><\/svg>/g, (_, index) =>
      // The scale that both maps share stands before them.
      index === '0' ? fluidLegend(scenesOf(0)) : fluidMap(scenesOf(Number(index))),
    );
  });
  return takeStylesOut(withoutControls(joinThemes(light!, dark!)));
}

/** The page as it stands once the sample is opened and before any of its weights is read. */
function renderAt(width: number, theme: 'light' | 'dark') {
  Object.assign(stage, { width, theme, scenes: [] });
  const storage = browserStorage(() => null);
  const store = createAppStore(INITIAL_STATE.settings);
  const actions = createActions(store, {
    client: { stream: nothing },
    now: () => performance.now(),
    schedule: () => {},
    sampleUrl: '',
    storage,
    results: createResultCache(createEmptyStore()),
    mappings: createSavedMappings(storage),
    opfs: undefined,
    loadOAuth: () => Promise.reject(new Error('Nobody signs in while the page is built.')),
  });
  actions.models.openSample();
  // On a server React reads a store's first state.
  const opened = { ...store, getInitialState: store.getState };
  const html = renderToStaticMarkup(
    <AppContext value={{ store: opened, actions }}>
      <App />
    </AppContext>,
  );
  return { html, scenes: stage.scenes };
}

/** A worker that never responds. */
async function* nothing(): AsyncGenerator<never> {
  await new Promise(() => {});
}
