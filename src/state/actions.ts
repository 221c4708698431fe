// The only writers of the store: every slice's actions under its name, made with one context.
import type { StoreApi } from 'zustand/vanilla';
import type { LocalFile } from '../core/repos/index.ts';
import type { AppState } from './appState.ts';
import { benchmarkActions, sweepActions } from './benchmark.ts';
import { comparisonActions, showScoredBeside } from './comparison.ts';
import { type Context, createContext, type Outside } from './context.ts';
import type { DataFiles } from './dataFiles.ts';
import { withReadableNames } from './fileNames.ts';
import { folderActions, type PendingFolder } from './folder.ts';
import { headDetailActions } from './headDetail.ts';
import { hubSessionActions } from './hubSession.ts';
import { layerMetricsActions } from './layerMetrics.ts';
import { linksActions } from './links.ts';
import { modelsActions } from './models.ts';
import { offlineActions } from './offline.ts';
import { showScored } from './openings.ts';
import { pageActions } from './page.ts';
import { revisionsActions } from './revisions.ts';
import { savedActions } from './saved.ts';
import { selectionActions } from './selection.ts';
import { seriesActions } from './series.ts';
import { settingsActions } from './settings.ts';
import { createTask } from './task.ts';
import { userScoresActions } from './userScores.ts';
import { viewActions } from './view.ts';

/** Files that may hold data rather than weights: what looks into them is fetched when one is dropped. */
const MAY_BE_DATA = /\.(csv|tsv|json|png|svg|html?|jpe?g|gif|webp)$/i;

async function* lookInto(
  context: Context<AppState>,
  files: readonly LocalFile[],
  isBeside: boolean,
): AsyncGenerator<DataFiles> {
  const { readDataFiles } = await import('./dataFiles.ts');
  yield* readDataFiles(context, files, isBeside ? context.store.getState().models.slice(0, 1) : []);
}

export type Actions = ReturnType<typeof createActions>;

export function createActions(store: StoreApi<AppState>, outside: Outside) {
  const context = createContext(store, outside);
  const revisions = revisionsActions(context);
  const series = seriesActions(context, revisions.checkFiles);
  const folder = folderActions(context, series.start);
  const userScores = userScoresActions(context);
  const reading = createTask<DataFiles>();
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
    /**
     * Opens a model's files; figures and results that hold scores, as models; sheets or JSON with values of heads, as scores for the
     * model that is open.
     * @param target in place of all that is on the page, or beside the first model
     */
    openFiles(named: readonly LocalFile[], target: PendingFolder['target'] = 'page'): void {
      const files = withReadableNames(named);
      if (files.length === 0) return;
      if (!files.every(({ path }) => MAY_BE_DATA.test(path))) {
        reading.dispose();
        void folder.take(files, target);
        return;
      }
      const isBeside = target === 'beside';
      reading.run(() => lookInto(context, files, isBeside), {
        onEvent(found) {
          if (found.kind === 'scores') void userScores.open(files);
          else if (found.kind === 'model') void folder.take(files, target);
          else if (isBeside) showScoredBeside(context, found.models[0]!);
          else showScored(context, found.models);
        },
        onEnd(notice) {
          if (notice !== null) store.setState({ notice });
        },
      });
    },
  };
}
