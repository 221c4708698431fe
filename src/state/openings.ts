// Opening models: each is read and scored by a task of its own, in the place of others, which come back where it comes to no map.
import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import { raceWithAbort } from '../core/raceWithAbort.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { ModelInfo } from '../core/result/index.ts';
import { type Convention, RAW_CONVENTION } from '../core/weights/convention.ts';
import { type CachedModel, fromCached } from './cachedModel.ts';
import { type Context, stopModel } from './context.ts';
import { batchEvents } from './eventBatches.ts';
import { type HubSessionSlice, hubAccess } from './hubSession.ts';
import { reduceModel } from './modelReducer.ts';
import { type ExpectedFile, type ModelState, openingModel } from './modelState.ts';
import { INITIAL_PAGE, type PanelName } from './page.ts';
import {
  isWithoutPlan,
  modelsWaitingFor,
  type PageState,
  pageOf,
  patchOpened,
  replaceModels,
  restoreReplaced,
  withoutWaiting,
} from './replacedModels.ts';
import { saveScores } from './saved.ts';
import { analysis } from './scoredModel.ts';
import { filesToExpect, matchingFile } from './scoresOrigin.ts';
import { clearSelection, type HeadsAfter } from './selection.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask } from './task.ts';
import { dropMissingMetrics } from './userScores.ts';

export type OpeningState = PageState & SettingsSlice & HubSessionSlice;
type Ctx = Context<OpeningState>;
type HubChoice = Extract<ModelChoice, { kind: 'hub' }>;

/** What an opening's task finds: the analysis, or scores of an earlier visit, of which it may say that their revision moved on. */
type OpeningEvent =
  | AnalysisEvent
  | { readonly type: 'cached'; readonly cached: CachedModel }
  | { readonly type: 'moved' };

export interface StartOptions {
  readonly layoutOverrides?: LayoutOverrides;
  /** Raw where it is left out. */
  readonly convention?: Convention;
  /** Reads and scores it also where scores of an earlier visit are cached. */
  readonly isFresh?: boolean;
  /** Reads no weight before a click that says their bytes: of what a link names. */
  readonly headersOnly?: boolean;
  /** The stack to show; the first where it is left out, or isn't there. */
  readonly stackName?: string;
  /** Of local files: which they may be; by default those whose scores stand on the page without their weights. */
  readonly expectedFiles?: readonly ExpectedFile[];
  /** What is shown until it is scored. */
  readonly precomputed?: Partial<ModelState>;
  /** Layers that needn't be read again. */
  readonly earlier?: ModelState['earlier'];
}

/** Begins to read and score a model. The caller puts it on the page. */
export function startModel(
  ctx: Ctx,
  choice: ModelChoice,
  label: string,
  options: StartOptions = {},
): ModelState {
  const { layoutOverrides = {}, convention = RAW_CONVENTION, isFresh = false, expectedFiles } = options;
  const { headersOnly = false, stackName = '', earlier = null } = options;
  const { store, schedule, running } = ctx;
  const key = ctx.nextKey();
  const expected = choice.kind === 'local' ? (expectedFiles ?? filesToExpect(store.getState().models)) : [];
  const opening = {
    ...openingModel(key, choice, label, layoutOverrides, convention),
    ...{ headersOnly, stackName, expectedFiles: expected, earlier },
    ...options.precomputed,
  };
  const { hubUrl } = store.getState().settings;
  const onAnalysis = batchEvents((events) => applyEvents(ctx, key, events, hubUrl), schedule);
  const task = createTask<OpeningEvent>();
  running.set(key, task);
  const isLookedUp = choice.kind === 'hub' && !isFresh;
  task.run((signal) => (isLookedUp ? lookUp(ctx, opening, choice, signal) : analysis(ctx, opening, signal)), {
    onEvent(event) {
      if (event.type === 'cached') showCached(ctx, key, event.cached);
      else if (event.type === 'moved') store.setState((state) => patchOpened(state, key, markMoved));
      else onAnalysis(event);
    },
    onEnd(error) {
      running.delete(key);
      if (error !== null) onAnalysis({ type: 'failed', error });
    },
  });
  return opening;
}

/**
 * Finds scores of an earlier visit, then asks quietly whether the revision still names that commit; reads and scores the model
 * where there are none.
 */
async function* lookUp(
  ctx: Ctx,
  opening: ModelState,
  choice: HubChoice,
  signal: AbortSignal,
): AsyncGenerator<OpeningEvent> {
  const { layoutOverrides, convention } = opening;
  const { hubUrl } = ctx.store.getState().settings;
  // A hanging storage doesn't keep the user from cancelling.
  const cached = await raceWithAbort(
    ctx.results.read({ hubUrl, choice, layoutOverrides, convention }),
    signal,
  );
  if (cached === null) {
    yield* analysis(ctx, opening, signal);
    return;
  }
  yield { type: 'cached', cached };
  if (await hasMoved(ctx, cached, signal)) yield { type: 'moved' };
}

async function hasMoved(
  { store, client }: Ctx,
  { result: { model } }: CachedModel,
  signal: AbortSignal,
): Promise<boolean> {
  const request = { ...hubAccess(store.getState()), repo: model.id, revision: model.revision ?? 'main' };
  try {
    for await (const { sha } of client.stream('revision', request, signal)) return sha !== model.sha;
  } catch {
    // Without a network the scores are shown all the same.
  }
  return false;
}

function markMoved(model: ModelState): ModelState {
  return model.cached === null ? model : { ...model, cached: { ...model.cached, hasMoved: true } };
}

function showCached(ctx: Ctx, key: number, cached: CachedModel): void {
  const { result, stacks } = cached;
  ctx.store.setState((state) =>
    patchOpened(state, key, (model) => ({
      ...model,
      ...fromCached(cached),
      stackName: stackOf(stacks, model.stackName),
      cached: { createdAt: result.createdAt, hasMoved: false },
    })),
  );
  releaseReplaced(ctx, key);
}

function stackOf(stacks: CachedModel['stacks'], wanted: string): string {
  return (stacks.find(({ name }) => name === wanted) ?? stacks[0])?.name ?? '';
}

function applyEvents(ctx: Ctx, key: number, events: readonly AnalysisEvent[], hubUrl: string): void {
  const { store, now, mappings } = ctx;
  if (events.some((event) => event.type === 'plan' && reopenAsExpected(ctx, key, event.model))) return;
  store.setState((state) =>
    patchOpened(state, key, (model) => events.reduce((old, event) => reduceModel(old, event, now()), model)),
  );
  if (events.some(({ type }) => type === 'plan')) releaseReplaced(ctx, key);
  const event = events.at(-1)!;
  const { models, replacedModels } = store.getState();
  if (event.type === 'done') {
    const all = [...models, ...replacedModels.flatMap((entry) => entry.models)];
    const model = all.find((other) => other.key === key);
    if (model !== undefined) saveScores(ctx, model, hubUrl);
  }
  if (event.type === 'failed') store.setState((state) => restoreReplaced(state, key));
  if (event.type === 'question' && event.question.kind === 'mapping') {
    const mapping = mappings.find(event.question.shapeKey);
    const index = models.findIndex((model) => model.key === key);
    // What was chosen for files of this shape; if it no longer fits, the question comes back with it in the overrides.
    if (mapping !== null && models[index]?.layoutOverrides.mapping === undefined)
      reopenModel(ctx, index, () => ({ layoutOverrides: { mapping } }));
  }
}

/**
 * Reopens what turns out to be an expected file by the convention that its scores are known under.
 * @returns whether it was another than it was opened by
 */
function reopenAsExpected(ctx: Ctx, key: number, model: ModelInfo): boolean {
  const { models } = ctx.store.getState();
  const index = models.findIndex((opening) => opening.key === key);
  const opening = models[index];
  if (opening === undefined) return false;
  const expected = matchingFile({ ...opening, model });
  if (expected === null) return false;
  const { convention, splits = opening.layoutOverrides.splits } = expected;
  if (convention.text === opening.convention.text && splits === opening.layoutOverrides.splits) return false;
  reopenModel(ctx, index, () => ({ convention, layoutOverrides: { ...opening.layoutOverrides, splits } }));
  return true;
}

/** Lets go of the models that waited for this opening: it has a map now. */
export function releaseReplaced(ctx: Ctx, key: number): void {
  const state = ctx.store.getState();
  for (const model of modelsWaitingFor(state, key)) stopModel(ctx, model.key);
  ctx.store.setState(withoutWaiting(state, key));
}

/** Cancels openings that are being replaced and have no map to wait for. */
export function stopOpenings(ctx: Ctx, models: readonly ModelState[]): void {
  for (const model of models) if (isWithoutPlan(model)) stopModel(ctx, model.key);
}

/** Puts openings in the place of all that is on the page. */
export function showModels(
  ctx: Ctx,
  open: () => readonly ModelState[],
  panel?: PanelName,
): readonly ModelState[] {
  const { store } = ctx;
  const before = store.getState();
  stopOpenings(ctx, before.models);
  const openings = open();
  const page = pageOf(before, openings);
  store.setState((state) => ({
    ...dropMissingMetrics(state, openings),
    ...replaceModels(state, state.models, openings, page),
    ...clearSelection('other'),
    // The panel that was chosen stays; the sample's curves aren't those of another model.
    panel: panel ?? (state.panel === 'training' ? INITIAL_PAGE.panel : state.panel),
    ...{ folder: null, notice: null },
  }));
  return openings;
}

/** Puts models that are scored already in the place of all that is on the page. */
export function showScored(ctx: Ctx, models: readonly ModelState[]): void {
  showModels(ctx, () => models, 'distribution');
  for (const { key } of models) releaseReplaced(ctx, key);
}

/** Opens one model in the place of all that is on the page, and gives its key. */
export function openOnPage(ctx: Ctx, choice: ModelChoice, label: string): number {
  return showModels(ctx, () => [startModel(ctx, choice, label)])[0]!.key;
}

/** Opens the same model again, by other overrides or another convention, or of other weights. */
export function reopenModel(
  ctx: Ctx,
  index: number,
  change: (
    old: ModelState,
  ) => Partial<Pick<ModelState, 'choice' | 'layoutOverrides' | 'convention' | 'headersOnly'>>,
  isFresh = false,
  {
    heads = 'other',
    ...options
  }: Pick<StartOptions, 'earlier' | 'precomputed'> & { readonly heads?: HeadsAfter } = {},
): void {
  const { store } = ctx;
  const old = store.getState().models[index];
  if (old === undefined) return;
  stopOpenings(ctx, [old]);
  const { slot, userScores, requestLabel, expectedFiles, stackName } = old;
  const { choice, layoutOverrides, convention, headersOnly } = { ...old, ...change(old) };
  const started = startModel(ctx, choice, requestLabel, {
    ...{ layoutOverrides, convention, isFresh, expectedFiles, headersOnly, stackName },
    ...options,
  });
  store.setState((state) => {
    const { pinned, cursor, compared } = state;
    return {
      ...replaceModels(state, [old], [{ ...started, slot, userScores }], { pinned, cursor, compared }),
      ...clearSelection(heads),
    };
  });
}

/** Opens once more what came to no map, in the place of what came back for it. */
export function retryFailed(ctx: Ctx): void {
  const { store } = ctx;
  const { failedOpening, models } = store.getState();
  if (failedOpening === null) return;
  const { insteadOf, page, openings } = failedOpening;
  const old = models.filter(({ key }) => insteadOf.includes(key));
  const again = openings.map((opening) => ({
    ...startModel(ctx, opening.choice, opening.requestLabel, { ...opening, isFresh: true }),
    ...{ slot: opening.slot, userScores: opening.userScores },
  }));
  const before = pageOf(store.getState(), again);
  const { pinned, cursor, compared } = before;
  store.setState((state) => ({
    ...replaceModels(state, old, again, page.panel === undefined ? { pinned, cursor, compared } : before),
    ...clearSelection('other'),
    ...{ ...page, notice: null },
  }));
}
