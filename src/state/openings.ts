import type { StoreApi } from 'zustand/vanilla';
import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import { raceWithAbort } from '../core/raceWithAbort.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import { type Convention, RAW_CONVENTION } from '../core/weights/convention.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { SendAnalysis } from './analysisSender.ts';
import type { AppState, ModelState } from './appState.ts';
import { batchEvents, type Schedule } from './eventBatches.ts';
import type { hubActions } from './hubActions.ts';
import { type CachedModel, fromCached } from './keptModel.ts';
import { openingModel, reduceModel, resetForRescore } from './modelReducer.ts';
import { dropMissingMetrics } from './ownScoresActions.ts';
import type { SavedMappings } from './rememberedMappings.ts';
import {
  isWithoutPlan,
  modelsWaitingFor,
  pageOf,
  replaceModels,
  restoreReplaced,
  withoutWaiting,
} from './replacedModels.ts';
import type { ResultCache } from './resultCache.ts';
import { createTask, type Task } from './task.ts';

function hasMoved(model: ModelState): ModelState {
  return model.cached === null ? model : { ...model, cached: { ...model.cached, hasMoved: true } };
}

interface StartOptions {
  readonly layoutOverrides?: LayoutOverrides;
  /** Raw unless told. */
  readonly convention?: Convention;
  /** Reads and scores anew, also where scores of an earlier visit are kept. */
  readonly isFresh?: boolean;
}

type HubChoice = Extract<ModelChoice, { kind: 'hub' }>;

/** What an opening's task finds: the analysis, or scores of an earlier visit, of which it may say that their revision moved on. */
type OpeningEvent =
  | AnalysisEvent
  | { readonly type: 'cached'; readonly cached: CachedModel }
  | { readonly type: 'moved' };

interface OpeningDeps {
  readonly store: StoreApi<AppState>;
  readonly client: WorkerClient;
  readonly results: Pick<ResultCache, 'read'>;
  readonly send: SendAnalysis;
  readonly hub: Pick<ReturnType<typeof hubActions>, 'keep'>;
  readonly mappings: SavedMappings;
  readonly schedule: Schedule;
  now(): number;
  /** Ends the timing comparison, which is the first model's. */
  stopTiming(): void;
}

/** Opens models in the place of others, which come back where an opening comes to no map. */
export function createOpenings(deps: OpeningDeps) {
  const { store, client, results, send, hub, mappings, schedule, now, stopTiming } = deps;
  const tasks = new Map<number, Task<OpeningEvent>>();
  let lastKey = 0;
  const stop = (key: number) => tasks.get(key)?.cancel();

  function start(choice: ModelChoice, name: string, options: StartOptions = {}): ModelState {
    const { layoutOverrides = {}, convention = RAW_CONVENTION, isFresh = false } = options;
    const key = ++lastKey;
    const opening = openingModel(key, choice, name, layoutOverrides, convention);
    const { hubUrl } = store.getState().settings;
    const hear = batchEvents((events) => hearAll(key, events, hubUrl), schedule);
    const task = createTask<OpeningEvent>();
    tasks.set(key, task);
    task.run(
      (signal) =>
        choice.kind === 'hub' && !isFresh ? lookUp(opening, choice, signal) : send(opening, signal),
      {
        onEvent(event) {
          if (event.type === 'cached') showCached(key, event.cached);
          else if (event.type === 'moved') patch(key, hasMoved);
          else hear(event);
        },
        onEnd(error) {
          tasks.delete(key);
          if (error !== null) hear({ type: 'failed', error });
        },
      },
    );
    return opening;
  }

  /**
   * Finds scores of an earlier visit, then asks quietly whether the revision still names that commit; reads and scores the model
   * where there are none.
   */
  async function* lookUp(
    opening: ModelState,
    choice: HubChoice,
    signal: AbortSignal,
  ): AsyncGenerator<OpeningEvent> {
    const { layoutOverrides, convention } = opening;
    const { hubUrl } = store.getState().settings;
    // A hanging storage doesn't keep the user from cancelling.
    const cached = await raceWithAbort(results.read({ hubUrl, choice, layoutOverrides, convention }), signal);
    if (cached === null) {
      yield* send(opening, signal);
      return;
    }
    yield { type: 'cached', cached };
    if (await isMoved(cached, signal)) yield { type: 'moved' };
  }

  async function isMoved({ result: { model } }: CachedModel, signal: AbortSignal): Promise<boolean> {
    const { settings, token } = store.getState();
    const hub = { hubUrl: settings.hubUrl, token: token ?? undefined };
    const request = { ...hub, repo: model.id, revision: model.revision ?? 'main' };
    try {
      for await (const { sha } of client.stream('revision', request, signal)) return sha !== model.sha;
    } catch {
      // Without a network the scores are shown all the same.
    }
    return false;
  }

  function showCached(key: number, cached: CachedModel): void {
    const { result, stacks } = cached;
    patch(key, (model) => ({
      ...model,
      ...fromCached(cached),
      stackName: stacks[0]?.name ?? '',
      cached: { createdAt: result.createdAt, hasMoved: false },
    }));
    hasPlan(key);
  }

  /** Also one that waits off the page: it goes on being scored. */
  function patch(key: number, change: (model: ModelState) => ModelState): void {
    const changed = (models: readonly ModelState[]) =>
      models.map((model) => (model.key === key ? change(model) : model));
    store.setState(({ models, replacedModels }) => ({
      models: changed(models),
      replacedModels: replacedModels.map((entry) => ({ ...entry, models: changed(entry.models) })),
    }));
  }

  function hearAll(key: number, events: readonly AnalysisEvent[], hubUrl: string): void {
    patch(key, (model) => events.reduce((state, event) => reduceModel(state, event, now()), model));
    if (events.some(({ type }) => type === 'plan')) hasPlan(key);
    const event = events.at(-1)!;
    const { models, replacedModels } = store.getState();
    if (event.type === 'done') {
      const all = [...models, ...replacedModels.flatMap((entry) => entry.models)];
      const model = all.find((other) => other.key === key);
      if (model !== undefined) hub.keep(model, hubUrl);
    }
    if (event.type === 'failed') store.setState((state) => restoreReplaced(state, key));
    if (event.type === 'question' && event.question.kind === 'mapping') {
      const mapping = mappings.find(event.question.shapeKey);
      const index = models.findIndex((model) => model.key === key);
      // What was chosen for files of this shape; if it no longer fits, the question comes back with it in the answers.
      if (mapping !== null && models[index]?.layoutOverrides.mapping === undefined)
        reopen(index, () => ({ layoutOverrides: { mapping } }));
    }
  }

  /** There is a map: those that waited for it needn't any more. */
  function hasPlan(key: number): void {
    const state = store.getState();
    for (const model of modelsWaitingFor(state, key)) stop(model.key);
    store.setState(withoutWaiting(state, key));
  }

  /** Without a map yet there is nothing to wait for. */
  function stopOpenings(models: readonly ModelState[]): void {
    for (const model of models) if (isWithoutPlan(model)) stop(model.key);
  }

  /** Openings in the place of all that is on the page. */
  function show(open: () => readonly ModelState[], panel: AppState['panel'] = 'timing'): void {
    const before = store.getState();
    stopOpenings(before.models);
    const openings = open();
    const page = pageOf(before, openings);
    stopTiming();
    store.setState((state) => ({
      ...dropMissingMetrics(state, openings),
      ...replaceModels(state, state.models, openings, page),
      ...{ panel, folder: null },
      ...{ notice: null, hovered: null, pinned: null, cursor: null, compared: [] },
    }));
  }

  /** The same model again, by other answers or of other weights. */
  function reopen(
    index: number,
    change: (old: ModelState) => Partial<Pick<ModelState, 'choice' | 'layoutOverrides'>>,
    isFresh = false,
  ): void {
    const old = store.getState().models[index];
    if (old === undefined) return;
    stopOpenings([old]);
    stopTiming();
    const { choice = old.choice, layoutOverrides = old.layoutOverrides } = change(old);
    const { slot, userScores, convention } = old;
    const opening = {
      ...start(choice, old.requestLabel, { layoutOverrides, convention, isFresh }),
      slot,
      userScores,
    };
    store.setState((state) => ({
      ...replaceModels(state, [old], [opening], { pinned: state.pinned }),
      ...{ hovered: null, pinned: null },
    }));
  }

  /** All models again, by another convention: never one by another than its neighbour. */
  function rescore(convention: Convention): void {
    const { models } = store.getState();
    stopTiming();
    stopOpenings(models);
    const openings = models.map((old) =>
      resetForRescore(
        old,
        start(old.choice, old.requestLabel, { layoutOverrides: old.layoutOverrides, convention }),
      ),
    );
    store.setState((state) => ({ ...replaceModels(state, models, openings), hovered: null }));
  }

  /** What came to no map, once more, in the place of what came back for it. */
  function retryFailed(): void {
    const { failedOpening, models } = store.getState();
    if (failedOpening === null) return;
    const { insteadOf, page, openings } = failedOpening;
    const old = models.filter(({ key }) => insteadOf.includes(key));
    const again = openings.map(({ choice, requestLabel, layoutOverrides, convention, slot, userScores }) => ({
      ...start(choice, requestLabel, { layoutOverrides, convention, isFresh: true }),
      ...{ slot, userScores },
    }));
    const before = pageOf(store.getState(), again);
    if (old[0] === models[0]) stopTiming();
    store.setState((state) => ({
      ...replaceModels(state, old, again, page.panel === undefined ? { pinned: state.pinned } : before),
      ...page,
      ...{ notice: null, hovered: null, pinned: null },
    }));
  }

  /** Stops reading and scoring; what was scored stays. */
  function cancel(): void {
    for (const { key } of store.getState().models) stop(key);
  }

  /** Nothing is guessed, nothing is scored. */
  function giveUp(key: number): void {
    patch(key, (model) => ({ ...model, status: 'cancelled' }));
    store.setState((state) => restoreReplaced(state, key));
  }

  return { start, show, reopen, rescore, retryFailed, cancel, giveUp, stop, nextKey: () => ++lastKey };
}
