// The state of a page that holds one map and its values: written when it is exported, and made again when it is opened.
import type { AnalysisResult } from '../core/result/index.ts';
import { type AppState, createAppStore } from './appState.ts';
import type { ModelState } from './modelState.ts';
import { scoredState } from './openScored.ts';
import { INITIAL_SETTINGS, type Settings } from './settings.ts';

/** How the maps were shown. */
export interface MapFileView
  extends Pick<AppState, 'metric' | 'scale' | 'lockedEnds' | 'sort' | 'pinned' | 'compared'>,
    Pick<Settings, 'palette'> {
  /** The title of each map; one that is empty is the model's name. */
  readonly titles: readonly string[];
  /** The stack of each model. */
  readonly stackNames: readonly string[];
}

/** What an exported page says of how its maps are shown. */
export function mapFileView(state: AppState, titles: readonly string[]): MapFileView {
  const { metric, scale, lockedEnds, sort, pinned, compared, settings, models } = state;
  const stackNames = models.map(({ stackName }) => stackName);
  return { metric, scale, lockedEnds, sort, pinned, compared, palette: settings.palette, titles, stackNames };
}

/** The store of such a page. */
export function mapFileStore(results: readonly AnalysisResult[], view: MapFileView) {
  const { titles, stackNames, palette, ...shown } = view;
  const store = createMapStore({ palette });
  const models = scoredModels(results).map((model, index) => ({
    ...model,
    stackName: stackNames[index] ?? model.stackName,
  }));
  store.setState({ ...shown, cursor: shown.pinned, models });
  return { store, models, titles };
}

/** A store for maps without the page round them: nothing of it is saved. */
export function createMapStore(settings: Partial<Settings>) {
  return createAppStore({ ...INITIAL_SETTINGS.settings, ...settings });
}

/** Models of whose results only the maps are shown, each with its first stack. */
export function scoredModels(results: readonly AnalysisResult[]): ModelState[] {
  let lastKey = 0;
  const keys = { nextKey: () => ++lastKey, sampleUrl: '' };
  const origin = { kind: 'figure', name: '', text: '' } as const;
  return results.map((result) => scoredState(keys, result, origin));
}
