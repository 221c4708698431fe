// Models whose place others take, and how they come back where none of those comes to a map.
import { unique } from '../core/unique.ts';
import type { BenchmarkSlice } from './benchmark.ts';
import { type ModelState, type ModelsSlice, patchModel } from './modelState.ts';
import type { PageSlice } from './page.ts';
import { clearSelection, type SelectionSlice } from './selection.ts';
import { cancelledSeries, type SeriesSlice } from './seriesTracks.ts';
import { dropMissingMetrics } from './userScores.ts';
import type { ViewSlice } from './view.ts';

/** What stands on the page for its models alone. */
type ModelsPage = Pick<PageSlice, 'panel' | 'folder'> &
  Pick<SelectionSlice, 'pinned' | 'cursor' | 'compared'> &
  SeriesSlice &
  Partial<Pick<ViewSlice, 'metric' | 'scatter'> & Pick<BenchmarkSlice, 'benchmark'>>;

/** Models that are off the page while others are opened in their place: they come back if none of those gets a map. */
export interface ReplacedModels {
  /** Keys of the openings in their place. */
  readonly keys: readonly number[];
  readonly models: readonly ModelState[];
  /** What comes back with them. */
  readonly page: Partial<ModelsPage>;
}

/** What was opened last and came to no map, so that the page went back to the maps before: it can be tried again. */
export interface FailedOpening {
  /** Failed or cancelled, all of them. */
  readonly openings: readonly ModelState[];
  /** Keys of the models that came back, whose place they take when they are tried again. */
  readonly insteadOf: readonly number[];
  readonly page: Partial<Pick<PageSlice, 'panel' | 'folder'>>;
}

export interface ReplacedSlice {
  /** Models in whose place others are being opened. */
  readonly replacedModels: readonly ReplacedModels[];
  readonly failedOpening: FailedOpening | null;
}

export const INITIAL_REPLACED: ReplacedSlice = { replacedModels: [], failedOpening: null };

/** The part of the state that opening, replacing and closing models changes. */
export type PageState = ModelsSlice &
  ReplacedSlice &
  PageSlice &
  SelectionSlice &
  SeriesSlice &
  ViewSlice &
  BenchmarkSlice;

type Change = Pick<PageState, 'models' | 'replacedModels' | 'failedOpening'> & Partial<PageState>;

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
  state: PageState,
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

/** Changes one model, also where it waits off the page: it goes on being scored. */
export function patchOpened(
  { models, replacedModels }: ModelsSlice & ReplacedSlice,
  key: number,
  change: (model: ModelState) => ModelState,
): ModelsSlice & Pick<ReplacedSlice, 'replacedModels'> {
  return {
    models: patchModel(models, key, change),
    replacedModels: replacedModels.map((entry) => ({
      ...entry,
      models: patchModel(entry.models, key, change),
    })),
  };
}

/** The models that wait for this opening. They needn't any more once it has its plan. */
export function modelsWaitingFor(state: PageState, key: number): readonly ModelState[] {
  return state.replacedModels.filter(({ keys }) => keys.includes(key)).flatMap(({ models }) => models);
}

export function withoutWaiting(state: PageState, key: number): Pick<PageState, 'replacedModels'> {
  return { replacedModels: state.replacedModels.filter(({ keys }) => !keys.includes(key)) };
}

/**
 * Goes back to the models that wait for this opening, where it and those that were asked for with it failed or were cancelled;
 * else nothing changes.
 */
export function restoreReplaced(state: PageState, key: number): Partial<PageState> {
  const entry = state.replacedModels.find(({ keys }) => keys.includes(key));
  if (entry === undefined) return {};
  const openings = state.models.filter((model) => entry.keys.includes(model.key));
  const hasEnded = openings.every(({ status }) => status === 'failed' || status === 'cancelled');
  if (openings.length === 0 || !hasEnded) return {};
  const at = state.models.findIndex((model) => entry.keys.includes(model.key));
  const others = state.models.filter((model) => !entry.keys.includes(model.key));
  const { panel, folder } = state;
  return {
    models: others.toSpliced(at, 0, ...entry.models),
    replacedModels: state.replacedModels.filter((other) => other !== entry),
    failedOpening: {
      openings,
      insteadOf: entry.models.map(({ key }) => key),
      page: entry.page.panel === undefined ? {} : { panel, folder },
    },
    ...clearSelection('same'),
    ...entry.page,
  };
}

/** What belongs to the models on the page and goes with them, as it comes back with them. */
export function pageOf(state: PageState, openings: readonly ModelState[]): ModelsPage {
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
