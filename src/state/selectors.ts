// What follows from the state: results, names, progress. Nothing here is stored.
import { type PlannedStack, type Progress, runProgress } from '../core/analysis/index.ts';
import {
  type AnalysisResult,
  type ByteCounts,
  type EngineUse,
  type ModelShape,
  RESULT_SCHEMA,
  RESULT_VERSION,
  type UserScore,
} from '../core/result/index.ts';
import { modelTitle } from '../figures/format.ts';
import type { ModelState } from './modelState.ts';
import { originText } from './scoresOrigin.ts';

/** Said in what is exported before the sample is scored to its end. */
const PRECOMPUTED_NOTE =
  'Some of these scores came with the page (PyTorch, float64, r to six digits): the model wasn’t scored to its end here.';

/** The model as a result, also while it is being scored or after it stopped; null before its plan is known. */
export function resultOf(model: ModelState, appVersion: string, now: () => string): AnalysisResult | null {
  const own = userScoresOf(model);
  if (model.result !== null) return own === undefined ? model.result : { ...model.result, own };
  const { model: info, engine, bytes } = model;
  const shape = model.stacks[0]?.shape;
  if (info === null || shape === undefined || engine === null || bytes === null) return null;
  return {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    model: info,
    shape,
    convention: model.convention,
    engine,
    bytes,
    stacks: model.stacks.map(({ name, shape, headsFrom, layers }) => ({
      name,
      shape,
      ...(headsFrom === undefined ? {} : { headsFrom }),
      layers: layers.map(({ arriving: _, ...layer }) => layer),
    })),
    notes: model.isPrecomputed ? [...model.notes, PRECOMPUTED_NOTE] : model.notes,
    createdAt: now(),
    app: { version: appVersion },
    ...(own === undefined ? {} : { own }),
  };
}

/** The user's own scores of a model, column by column; undefined without any. */
export function userScoresOf({ userScores }: ModelState): readonly UserScore[] | undefined {
  if (userScores.length === 0) return undefined;
  return userScores.flatMap(({ file, columns }) => columns.map((column) => ({ ...column, file })));
}

/** The stack that is looked at; null before the plan is known. */
export function shownStack(model: ModelState): PlannedStack | null {
  return model.stacks.find(({ name }) => name === model.stackName) ?? null;
}

export function isBusy(model: Pick<ModelState, 'status'>): boolean {
  return model.status === 'opening' || model.status === 'running';
}

/** Layers of all stacks, and how many of them have scores or a reason for having none. */
export function layerCounts({ stacks }: Pick<ModelState, 'stacks'>): {
  readonly done: number;
  readonly all: number;
} {
  const layers = stacks.flatMap((stack) => stack.layers);
  return {
    done: layers.filter(({ heads, skipped }) => heads.length > 0 || skipped !== undefined).length,
    all: layers.length,
  };
}

/** How far a model is, and how long the rest will take at this pace. */
export function progressOf(model: ModelState, now: number): Progress {
  const { bytes, readBefore, startedAt } = model;
  const { done, all } = layerCounts(model);
  return runProgress({ bytes, readBefore, done, all, elapsedMs: now - startedAt });
}

/** What may distinguish two models of one title; the first that does is taken. */
const DISTINCTIONS: readonly ((model: ModelState) => string | null)[] = [
  ({ model }) => model?.weights ?? null,
  ({ model }) => model?.fingerprint?.slice(0, 8) ?? null,
];

/**
 * A name for each model on the page, no two alike: "gpt2@607a30d"; where two have one title, with the weight file, the start of
 * their headers' SHA-256, or at last their place behind it.
 */
export function modelNames(models: readonly ModelState[]): readonly string[] {
  const titles = models.map(({ model, requestLabel }) => (model === null ? requestLabel : modelTitle(model)));
  return titles.map((title, place) => {
    const twins = models.filter((_, other) => titles[other] === title);
    if (twins.length === 1) return title;
    const distinction = DISTINCTIONS.find((of) => {
      const words = twins.map(of);
      return !words.includes(null) && new Set(words).size === twins.length;
    });
    return `${title} (${distinction?.(models[place]!) ?? `${place + 1} of ${models.length}`})`;
  });
}

/** What the status line says of one model. */
export interface StatusModel {
  readonly title: string;
  readonly shape: ModelShape;
  /** The source that gave its head counts. */
  readonly headsFrom?: string | undefined;
  readonly dtype: string;
  readonly bytes: ByteCounts;
  readonly engine: EngineUse;
  readonly convention: string;
  /** Left out where the scores are computed here. */
  readonly origin?: string;
  /** Left out while it runs. */
  readonly elapsedMs?: number;
}

/** What the status line says of the models on the page; nothing of those whose plan isn't known yet. */
export function statusModels(models: readonly ModelState[]): readonly StatusModel[] {
  const names = modelNames(models);
  return models.flatMap((state, index) => {
    const { model, bytes, engine, elapsedMs } = state;
    const stack = shownStack(state);
    if (model === null || stack === null || bytes === null || engine === null) return [];
    if (state.isPrecomputed && state.status === 'opening') return [];
    return {
      title: names[index]!,
      shape: stack.shape,
      headsFrom: stack.headsFrom,
      dtype: model.quantised ? `${model.dtype}, quantised` : model.dtype,
      ...{ bytes, engine },
      convention: state.convention.text,
      ...(state.origin !== null && { origin: originText(state.origin) }),
      ...(elapsedMs === null ? {} : { elapsedMs }),
    };
  });
}
