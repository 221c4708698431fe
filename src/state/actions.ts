// The only writers of the store: every slice's actions under its name, made with one context.
import type { StoreApi } from 'zustand/vanilla';
import type { LocalFile } from '../core/repos/index.ts';
import type { AppState } from './appState.ts';
import { benchmarkActions, sweepActions } from './benchmark.ts';
import { collectionActions } from './collection.ts';
import { comparisonActions } from './comparison.ts';
import { createContext, type Outside } from './context.ts';
import { folderActions, type PendingFolder } from './folder.ts';
import { headDetailActions } from './headDetail.ts';
import { hubSessionActions } from './hubSession.ts';
import { layerMetricsActions } from './layerMetrics.ts';
import { needed } from './lazyCode.ts';
import { linksActions } from './links.ts';
import { modelsActions } from './models.ts';
import { offlineActions } from './offline.ts';
import { loadOpenFiles } from './openingCode.ts';
import { pageActions, showProblem } from './page.ts';
import { revisionsActions } from './revisions.ts';
import { savedActions } from './saved.ts';
import { selectionActions } from './selection.ts';
import { seriesActions } from './series.ts';
import { settingsActions } from './settings.ts';
import { userScoresActions } from './userScores.ts';
import { viewActions } from './view.ts';
import { READING, waitOutside } from './waits.ts';

export type Actions = ReturnType<typeof createActions>;

export function createActions(store: StoreApi<AppState>, outside: Outside) {
  const context = createContext(store, outside);
  const revisions = revisionsActions(context);
  const series = seriesActions(context, revisions.checkFiles);
  const folder = folderActions(context, series.start);
  const userScores = userScoresActions(context);
  const collection = collectionActions(context);

  /**
   * Opens a model's files; figures and results that hold scores, as models; sheets or JSON with values of heads, as scores for the
   * model that is open; results of many models as a collection.
   * @param target in place of all that is on the page, or beside the first model
   */
  function openFiles(named: readonly LocalFile[], target: PendingFolder['target'] = 'page'): void {
    waitOutside(context, READING, () => needed(loadOpenFiles()))
      .then((code) => code.openFiles(context, { folder, userScores, collection }, named, target))
      .catch((error: unknown) => showProblem(context, error));
  }

  return {
    page: pageActions(context),
    offline: offlineActions(context),
    view: viewActions(context),
    selection: selectionActions(context),
    settings: settingsActions(context),
    hub: hubSessionActions(context),
    saved: savedActions(context),
    links: linksActions(context),
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
    collection,
    openFiles,
    /** Opens files once the browser has given them: of a dropped folder it lists them first. */
    openListed(listing: Promise<readonly LocalFile[]>): void {
      waitOutside(context, 'the browser to give these files', () => listing)
        .then(openFiles)
        .catch((error: unknown) => showProblem(context, error));
    },
  };
}
