import { type AnalysisResult, RAW_CONVENTION, RESULT_SCHEMA, RESULT_VERSION } from '../core/index.ts';
import type { ModelState } from './appState.ts';

/** The model as a result, also while it is being scored or after it stopped; null before its plan is known. */
export function resultOf(model: ModelState, appVersion: string, now: () => string): AnalysisResult | null {
  if (model.result !== null) return model.result;
  const { model: info, shape, engine, bytes } = model;
  if (info === null || shape === null || engine === null || bytes === null) return null;
  return {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    model: info,
    shape,
    convention: RAW_CONVENTION,
    engine,
    bytes,
    stacks: [{ name: model.stack, layers: model.rows }],
    notes: model.notes,
    createdAt: now(),
    app: { version: appVersion },
  };
}

export function isBusy(model: ModelState): boolean {
  return model.status === 'opening' || model.status === 'running';
}

/** Layers that have scores or a reason for having none. */
export function layersDone(model: ModelState): number {
  return model.rows.filter((row) => row.heads.length > 0 || row.skipped !== undefined).length;
}

export interface Progress {
  /** 0 … 1 of the bytes to read. */
  readonly fraction: number;
  /** Null until enough has come to tell. */
  readonly msLeft: number | null;
}

/** A shorter stretch tells nothing of the rest. */
const MS_TO_JUDGE = 400;

/** How far a model is, by bytes read or layers scored, whichever is behind, and how long the rest will take at this pace. */
export function progressOf(model: ModelState, now: number): Progress {
  const { bytes, shape } = model;
  if (bytes === null || shape === null || bytes.planned === 0) return { fraction: 0, msLeft: null };
  const fraction = Math.min(bytes.read / bytes.planned, (layersDone(model) + 1) / shape.layers, 1);
  const elapsed = now - model.startedAt;
  return {
    fraction,
    msLeft: elapsed < MS_TO_JUDGE || fraction === 0 ? null : (elapsed * (1 - fraction)) / fraction,
  };
}
