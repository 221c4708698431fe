// How a model changes with each event of its analysis.
import type { AnalysisEvent, PlannedStack } from '../core/analysis/index.ts';
import type { HeadResult, LayerResult, ModelInfo } from '../core/result/index.ts';
import type { ModelState } from './modelState.ts';

/** Returns the model after one event of the pipeline. `now` is performance.now(). */
export function reduceModel(state: ModelState, event: AnalysisEvent, now: number): ModelState {
  switch (event.type) {
    case 'waiting':
      return { ...state, waitsFor: event.what };
    case 'question':
      return { ...state, status: 'question', question: event.question, notes: event.notes };
    case 'plan': {
      const { model, engine, bytes, convention, notes, stacks, weightsOptions } = event;
      return {
        ...state,
        status: 'running',
        question: null,
        model: withName(model, state.model),
        engine,
        bytes,
        convention,
        notes,
        stacks: state.isPrecomputed ? withScores(stacks, state.stacks) : stacks,
        weightsOptions,
        ...{ scoredLayers: [], readBefore: state.earlier === null ? 0 : bytes.read },
        // Another convention of the same model: the map that was looked at stays.
        stackName: stacks.find(({ name }) => name === state.stackName)?.name ?? stacks[0]?.name ?? '',
        startedAt: now,
      };
    }
    case 'headersRead':
      return { ...state, status: 'awaiting' };
    case 'engine':
      return { ...state, engine: event.engine };
    case 'bytes':
      return { ...state, bytes: event.bytes };
    case 'heads':
      return {
        ...state,
        stacks: state.stacks.map((stack) => (stack.name === event.stack ? withHeads(stack, event) : stack)),
      };
    case 'layer':
      return {
        ...state,
        stacks: state.stacks.map((stack) =>
          stack.name === event.stack ? withLayer(stack, event.layer) : stack,
        ),
        scoredLayers:
          event.layer.heads.length === 0
            ? state.scoredLayers
            : [...state.scoredLayers, { stack: event.stack, row: event.layer, engine: event.engine }],
      };
    case 'done':
      // Some are only known once all is scored.
      return {
        ...state,
        status: 'done',
        isPrecomputed: false,
        // From here on the result holds them.
        ...{ scoredLayers: [], earlier: null },
        result: { ...event.result, model: withName(event.result.model, state.model) },
        notes: event.result.notes,
        elapsedMs: event.elapsedMs,
      };
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

/** The name that the user gave a model stays while it is read. */
function withName(model: ModelInfo, before: ModelInfo | null): ModelInfo {
  return before?.name === undefined ? model : { ...model, name: before.name };
}

/** Layers that aren't scored yet keep the scores that are known of them. */
function withScores(stacks: readonly PlannedStack[], known: readonly PlannedStack[]): PlannedStack[] {
  return stacks.map((stack) => {
    const layers = known.find(({ name }) => name === stack.name)?.layers ?? [];
    return {
      ...stack,
      layers: stack.layers.map((layer) => ({
        ...layer,
        heads: layers.find((other) => other.layer === layer.layer)?.heads ?? layer.heads,
      })),
    };
  });
}

function withHeads(
  stack: PlannedStack,
  { layer, heads }: { readonly layer: number; readonly heads: readonly HeadResult[] },
): PlannedStack {
  return {
    ...stack,
    layers: stack.layers.map((old) =>
      old.layer === layer ? { ...old, arriving: withArrived(old.arriving ?? [], heads) } : old,
    ),
  };
}

/** A head may arrive twice: alone, and with the part of the layer that it belongs to. */
function withArrived(known: readonly HeadResult[], more: readonly HeadResult[]): HeadResult[] {
  return [...new Map([...known, ...more].map((head) => [head.head, head])).values()];
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
    layers: stack.layers.map(({ arriving: _, ...layer }) =>
      layer.heads.length === 0 && layer.skipped === undefined
        ? { ...layer, skipped: { code, reason } }
        : layer,
    ),
  }));
}
