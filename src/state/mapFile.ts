// The state of a page that holds one map and its values: written when it is exported, and made again when it is opened.
import type { AnalysisResult } from '../core/result/index.ts';
import { type AppState, createAppStore } from './appState.ts';
import { scoredState } from './openScored.ts';
import { loadSettings, type Settings } from './settings.ts';

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
  const store = createAppStore({ ...loadSettings({ getItem: () => null }), palette });
  let lastKey = 0;
  const keys = { nextKey: () => ++lastKey, sampleUrl: '' };
  const origin = { kind: 'figure', name: '', text: '' } as const;
  const models = results.map((result, index) => ({
    ...scoredState(keys, result, origin),
    stackName: stackNames[index] ?? '',
  }));
  store.setState({ ...shown, cursor: shown.pinned, models });
  return { store, models, titles };
}
