import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState.ts';
import { isBusy } from './selectors.ts';

/** What takes times: one worker does it, and whatever else it computes spoils them. */
type Timed = 'benchmark' | 'sweep';

/** What the page does beside times, as in "the page is scoring a model"; null where it does nothing that would spoil them. */
function otherWork({ models, series, layerMetrics, headDetails }: AppState): string | null {
  if (models.some(isBusy)) return 'scoring a model';
  if (series?.status === 'running') return 'scoring a series';
  if (layerMetrics.status === 'running') return 'measuring layers';
  return headDetails.some(({ status, pairs }) => status === 'running' || pairs?.status === 'running')
    ? 'computing the pinned head'
    : null;
}

/** What keeps times from being taken now, in the same words; null where nothing does. */
export function conflictingWork(state: AppState, wanted: Timed): string | null {
  if (wanted === 'benchmark' && state.sweep.status === 'running') return 'running the sweep';
  if (wanted === 'sweep' && state.benchmark.status === 'running') return 'running the comparison';
  return otherWork(state);
}

/** Notes what began while times were being taken: the page says so, and so does the report. */
export function watchInterference(store: StoreApi<AppState>, timed: Timed): void {
  store.subscribe((state) => {
    const interference = state[timed].status === 'running' && !state[timed].interference && otherWork(state);
    if (interference) store.setState({ [timed]: { ...state[timed], interference } });
  });
}
