// The only writers of the store: every slice's actions under its name, made with one context.
import type { StoreApi } from 'zustand/vanilla';
import type { LocalFile } from '../core/repos/index.ts';
import type { AppState } from './appState.ts';
import { benchmarkActions, sweepActions } from './benchmark.ts';
import { comparisonActions } from './comparison.ts';
import { createContext, type Outside } from './context.ts';
import { folderActions } from './folder.ts';
import { headDetailActions } from './headDetail.ts';
import { hubSessionActions } from './hubSession.ts';
import { layerMetricsActions } from './layerMetrics.ts';
import { modelsActions } from './models.ts';
import { pageActions } from './page.ts';
import { revisionsActions } from './revisions.ts';
import { savedActions } from './saved.ts';
import { selectionActions } from './selection.ts';
import { seriesActions } from './series.ts';
import { settingsActions } from './settings.ts';
import { areUserScores, userScoresActions } from './userScores.ts';
import { viewActions } from './view.ts';

export type Actions = ReturnType<typeof createActions>;

export function createActions(store: StoreApi<AppState>, outside: Outside) {
  const context = createContext(store, outside);
  const revisions = revisionsActions(context);
  const series = seriesActions(context, revisions.checkFiles);
  const folder = folderActions(context, series.start);
  const userScores = userScoresActions(context);
  return {
    page: pageActions(context),
    view: viewActions(context),
    selection: selectionActions(context),
    settings: settingsActions(context),
    hub: hubSessionActions(context),
    saved: savedActions(context),
    models: modelsActions(context),
    comparison: comparisonActions(context),
    headDetail: headDetailActions(context),
    layerMetrics: layerMetricsActions(context),
    benchmark: benchmarkActions(context),
    sweep: sweepActions(context),
    revisions,
    series,
    folder,
    userScores,
    /** Opens a model's files; or, where they are sheets or JSON with values of heads, scores for the model that is open. */
    async openFiles(files: readonly LocalFile[]): Promise<void> {
      if (files.length === 0) return;
      if (await areUserScores(files)) return userScores.open(files);
      await folder.take(files, 'page');
    },
  };
}
