import type { AnalysisEvent, LayerResult, LayoutAnswers, ModelChoice, PlannedStack } from '../core/index.ts';
import type { ModelState } from './appState.ts';

/** A model that has just been asked for. */
export function openingModel(
  key: number,
  choice: ModelChoice,
  asked: string,
  answers: LayoutAnswers = {},
): ModelState {
  return {
    key,
    choice,
    asked,
    answers,
    status: 'opening',
    question: null,
    model: null,
    engine: null,
    bytes: null,
    stacks: [],
    shown: '',
    weightsOptions: [],
    notes: [],
    error: null,
    result: null,
    kept: null,
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
      const { model, engine, bytes, notes, stacks, weightsOptions } = event;
      return {
        ...state,
        status: 'running',
        question: null,
        model,
        engine,
        bytes,
        notes,
        stacks,
        weightsOptions,
        shown: stacks[0]?.name ?? '',
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
        stacks: state.stacks.map((stack) =>
          stack.name === event.stack ? withLayer(stack, event.layer) : stack,
        ),
      };
    case 'done':
      return { ...state, status: 'done', result: event.result, elapsedMs: event.elapsedMs };
    case 'failed':
      return event.error.code === 'cancelled'
        ? {
            ...state,
            status: 'cancelled',
            stacks: closeLayers(state.stacks, 'cancelled', 'Cancelled before this layer was scored.'),
          }
        : {
            ...state,
            status: 'failed',
            error: event.error,
            stacks: closeLayers(state.stacks, 'read-failed', event.error.message),
          };
    default:
      return event satisfies never;
  }
}

function withLayer(stack: PlannedStack, layer: LayerResult): PlannedStack {
  return { ...stack, layers: stack.layers.map((old) => (old.layer === layer.layer ? layer : old)) };
}

/** Layers that will not be scored any more say why. */
function closeLayers(
  stacks: readonly PlannedStack[],
  code: 'cancelled' | 'read-failed',
  reason: string,
): PlannedStack[] {
  return stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map((layer) =>
      layer.heads.length === 0 && layer.skipped === undefined
        ? { ...layer, skipped: { code, reason } }
        : layer,
    ),
  }));
}
