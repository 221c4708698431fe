import type { PlannedStack } from '../core/analysis/index.ts';
import { type AnalysisResult, RESULT_SCHEMA, RESULT_VERSION, type UserScore } from '../core/result/index.ts';
import type { AppState, HeadAt, ModelState } from './appState.ts';
import { timeLeft } from './timeLeft.ts';

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
    notes: model.notes,
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

/** The head that keys act on: the one looked at, else the pinned one, else where they were last. */
export function activeHead({
  hovered,
  pinned,
  cursor,
}: Pick<AppState, 'hovered' | 'pinned' | 'cursor'>): HeadAt | null {
  return hovered ?? pinned ?? cursor;
}

/** The stack that is looked at; null before the plan is known. */
export function shownStack(model: ModelState): PlannedStack | null {
  return model.stacks.find(({ name }) => name === model.stackName) ?? null;
}

export function isBusy(model: ModelState): boolean {
  return model.status === 'opening' || model.status === 'running';
}

/** Layers of all stacks, and how many of them have scores or a reason for having none. */
export function layerCounts({ stacks }: ModelState): { readonly done: number; readonly all: number } {
  const layers = stacks.flatMap((stack) => stack.layers);
  return {
    done: layers.filter(({ heads, skipped }) => heads.length > 0 || skipped !== undefined).length,
    all: layers.length,
  };
}

export interface Progress {
  /** 0 … 1 of the bytes to read. */
  readonly fraction: number;
  /** Null until enough has come to tell. */
  readonly msLeft: number | null;
}

/** How far a model is, by bytes read or layers scored, whichever is behind, and how long the rest will take at this pace. */
export function progressOf(model: ModelState, now: number): Progress {
  const { bytes } = model;
  const { done, all } = layerCounts(model);
  if (bytes === null || all === 0 || bytes.planned === 0) return { fraction: 0, msLeft: null };
  const fraction = Math.min(bytes.read / bytes.planned, (done + 1) / all, 1);
  return { fraction, msLeft: timeLeft(now - model.startedAt, fraction) };
}
