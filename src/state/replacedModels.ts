import { unique } from '../core/unique.ts';
import type { AppState, ModelState } from './appState.ts';
import type { ModelsPage, SeriesState } from './compareState.ts';
import { dropMissingMetrics } from './ownScoresActions.ts';
import { waitingCheckpoint } from './seriesTracks.ts';

type Change = Pick<AppState, 'models' | 'replacedModels' | 'failedOpening'> & Partial<AppState>;

/** What is read of the files isn't known yet: there is no map. */
export function isWithoutPlan({ status }: ModelState): boolean {
  return status === 'opening' || status === 'question';
}

/**
 * Puts openings in the place of models. Where one of those has a map, all of them wait until an opening has its own map, and come
 * back if none gets one. What only waited for a replaced opening waits for these.
 * @param old models on the page; where there are none the openings follow the last
 * @param page what else comes back with the old ones
 */
export function replaceModels(
  state: AppState,
  old: readonly ModelState[],
  openings: readonly ModelState[],
  page: Partial<ModelsPage> = {},
): Change {
  const keys = new Set(old.map(({ key }) => key));
  const isGone = (key: number) => keys.has(key) || !state.models.some((model) => model.key === key);
  const waitsForThese = state.replacedModels.filter((entry) => entry.keys.some((key) => keys.has(key)));
  const takenOver = waitsForThese.filter((entry) => entry.keys.every(isGone));
  const newKeys = openings.map(({ key }) => key);
  const left = state.replacedModels
    .filter((entry) => !takenOver.includes(entry))
    .map((entry) =>
      waitsForThese.includes(entry)
        ? { ...entry, keys: [...entry.keys.filter((key) => !keys.has(key)), ...newKeys] }
        : entry,
    );
  const standingBy = unique(
    old.flatMap((model) => takenOver.find((entry) => entry.keys.includes(model.key))?.models ?? [model]),
  );
  const hasMap =
    waitsForThese.length === takenOver.length && standingBy.some(({ stacks }) => stacks.length > 0);
  const entry = { keys: newKeys, models: standingBy, page: { ...page, ...takenOver[0]?.page } };
  const at = state.models.findIndex(({ key }) => keys.has(key));
  const others = state.models.filter(({ key }) => !keys.has(key));
  return {
    models: at < 0 ? [...others, ...openings] : others.toSpliced(at, 0, ...openings),
    replacedModels: hasMap ? [...left, entry] : left,
    failedOpening: null,
  };
}

/** The models that wait for this opening. They needn't any more once it has its plan. */
export function modelsWaitingFor(state: AppState, key: number): readonly ModelState[] {
  return state.replacedModels.filter(({ keys }) => keys.includes(key)).flatMap(({ models }) => models);
}

export function withoutWaiting(state: AppState, key: number): Pick<AppState, 'replacedModels'> {
  return { replacedModels: state.replacedModels.filter(({ keys }) => !keys.includes(key)) };
}

/**
 * Goes back to the models that wait for this opening, where it and those that were asked for with it failed or were cancelled;
 * else nothing changes.
 */
export function restoreReplaced(state: AppState, key: number): Partial<AppState> {
  const entry = state.replacedModels.find(({ keys }) => keys.includes(key));
  if (entry === undefined) return {};
  const openings = state.models.filter((model) => entry.keys.includes(model.key));
  const hasEnded = openings.every(({ status }) => status === 'failed' || status === 'cancelled');
  if (openings.length === 0 || !hasEnded) return {};
  const at = state.models.findIndex((model) => entry.keys.includes(model.key));
  const others = state.models.filter((model) => !entry.keys.includes(model.key));
  const { panel, folder } = state;
  return {
    ...entry.page,
    models: others.toSpliced(at, 0, ...entry.models),
    replacedModels: state.replacedModels.filter((other) => other !== entry),
    failedOpening: {
      openings,
      insteadOf: entry.models.map(({ key }) => key),
      page: entry.page.panel === undefined ? {} : { panel, folder },
    },
    hovered: null,
  };
}

/** What belongs to the models on the page and goes with them, as it comes back with them. */
export function pageOf(state: AppState, openings: readonly ModelState[]): ModelsPage {
  const { panel, folder, pinned, cursor, compared, metric, scatter, benchmark, series } = state;
  const lost = dropMissingMetrics(state, openings);
  return {
    ...{ panel, folder, pinned, cursor, compared },
    ...(lost.metric !== undefined && { metric }),
    ...(lost.scatter !== undefined && { scatter }),
    ...(benchmark.status === 'done' && { benchmark }),
    series: series?.status === 'running' ? cancelledSeries(series) : series,
  };
}

/** What isn't scored yet can go on. */
export function cancelledSeries(series: SeriesState): SeriesState {
  const tracks = series.tracks.map((track) => ({
    ...track,
    checkpoints: track.checkpoints.map((point) =>
      point.status === 'running' ? waitingCheckpoint(point) : point,
    ),
  }));
  return { ...series, status: 'cancelled', tracks, bytes: null };
}
