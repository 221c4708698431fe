import type { AnalysisEvent, HeadSplit, LayerResult, ModelChoice } from '../core/index.ts';
import type { ModelState } from './appState.ts';

/** A model that has just been asked for. */
export function openingModel(
  key: number,
  choice: ModelChoice,
  asked: string,
  split: HeadSplit | null,
): ModelState {
  return {
    key,
    choice,
    asked,
    split,
    status: 'opening',
    question: null,
    splits: [],
    model: null,
    shape: null,
    engine: null,
    bytes: null,
    stack: 'self',
    rows: [],
    notes: [],
    error: null,
    result: null,
    startedAt: 0,
    elapsedMs: null,
  };
}

/** The model after one event of the pipeline. `now` is performance.now(). */
export function reduceModel(state: ModelState, event: AnalysisEvent, now: number): ModelState {
  switch (event.type) {
    case 'question':
      return { ...state, status: 'question', question: event.question };
    case 'plan': {
      const { model, shape, engine, bytes, notes, splits } = event;
      const stack = event.stacks[0];
      return {
        ...state,
        status: 'running',
        question: null,
        model,
        shape,
        engine,
        bytes,
        notes,
        splits,
        stack: stack?.name ?? 'self',
        rows: stack?.layers ?? [],
        startedAt: now,
      };
    }
    case 'engine':
      return { ...state, engine: event.engine };
    case 'bytes':
      return { ...state, bytes: event.bytes };
    case 'layer':
      return {
        ...state,
        rows: state.rows.map((row) => (row.layer === event.layer.layer ? event.layer : row)),
      };
    case 'done':
      return { ...state, status: 'done', result: event.result, elapsedMs: event.elapsedMs };
    case 'failed':
      return event.error.code === 'cancelled'
        ? {
            ...state,
            status: 'cancelled',
            rows: closeRows(state.rows, 'cancelled', 'Cancelled before this layer was scored.'),
          }
        : {
            ...state,
            status: 'failed',
            error: event.error,
            rows: closeRows(state.rows, 'read-failed', event.error.message),
          };
    default:
      return event satisfies never;
  }
}

/** Layers that will not be scored any more say why. */
function closeRows(
  rows: readonly LayerResult[],
  code: 'cancelled' | 'read-failed',
  reason: string,
): LayerResult[] {
  return rows.map((row) =>
    row.heads.length === 0 && row.skipped === undefined ? { ...row, skipped: { code, reason } } : row,
  );
}
