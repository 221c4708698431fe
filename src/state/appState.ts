// The page's whole state: its slices side by side, and the one store that holds them.
import { createStore } from 'zustand/vanilla';
import { type BenchmarkSlice, INITIAL_BENCHMARK } from './benchmark.ts';
import { type CollectionSlice, INITIAL_COLLECTION } from './collectionState.ts';
import { type FolderSlice, INITIAL_FOLDER } from './folder.ts';
import { type HeadDetailSlice, INITIAL_HEAD_DETAIL } from './headDetail.ts';
import { type HubSessionSlice, INITIAL_HUB_SESSION } from './hubSession.ts';
import { INITIAL_LAYER_METRICS, type LayerMetricsSlice } from './layerMetrics.ts';
import { INITIAL_MODELS, type ModelsSlice } from './modelState.ts';
import { INITIAL_OFFLINE, type OfflineSlice } from './offline.ts';
import { INITIAL_PAGE, type PageSlice } from './page.ts';
import { INITIAL_REPLACED, type ReplacedSlice } from './replacedModels.ts';
import { INITIAL_REVISIONS, type RevisionsSlice } from './revisions.ts';
import { INITIAL_SELECTION, type SelectionSlice } from './selection.ts';
import { INITIAL_SERIES, type SeriesSlice } from './seriesTracks.ts';
import { INITIAL_SETTINGS, type Settings, type SettingsSlice } from './settings.ts';
import { INITIAL_VIEW, type ViewSlice } from './view.ts';

export interface AppState
  extends ModelsSlice,
    ReplacedSlice,
    PageSlice,
    OfflineSlice,
    ViewSlice,
    SelectionSlice,
    SettingsSlice,
    HubSessionSlice,
    HeadDetailSlice,
    LayerMetricsSlice,
    BenchmarkSlice,
    RevisionsSlice,
    SeriesSlice,
    FolderSlice,
    CollectionSlice {}

export const INITIAL_STATE: AppState = {
  ...INITIAL_MODELS,
  ...INITIAL_REPLACED,
  ...INITIAL_PAGE,
  ...INITIAL_OFFLINE,
  ...INITIAL_VIEW,
  ...INITIAL_SELECTION,
  ...INITIAL_SETTINGS,
  ...INITIAL_HUB_SESSION,
  ...INITIAL_HEAD_DETAIL,
  ...INITIAL_LAYER_METRICS,
  ...INITIAL_BENCHMARK,
  ...INITIAL_REVISIONS,
  ...INITIAL_SERIES,
  ...INITIAL_FOLDER,
  ...INITIAL_COLLECTION,
};

/** Makes the page's one store. Components read it; only actions write it. */
export function createAppStore(settings: Settings) {
  return createStore<AppState>(() => ({ ...INITIAL_STATE, settings }));
}
