// Whole-layer scores and directionality, computed on request and merged into the models' rows.
import { timeLeft } from '../core/analysis/index.ts';
import type { WireError } from '../core/errors.ts';
import type { LayerMetric, LayerMetricEvent } from '../core/inspection/index.ts';
import type { Context } from './context.ts';
import type { HubSessionSlice } from './hubSession.ts';
import { hasLayerMetric, mergeLayerMetrics } from './mergeMetrics.ts';
import { type ModelState, type ModelsSlice, patchModel } from './modelState.ts';
import { saveLayerMetrics } from './saved.ts';
import { scoredModel, weightsKey } from './scoredModel.ts';
import { isBusy, modelNames } from './selectors.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask } from './task.ts';

/** How the computation of layer metrics stands; what it computed is in the models' rows. */
export interface LayerMetricsState {
  readonly status: 'idle' | 'running' | 'failed';
  /** The metric that was requested last. */
  readonly what: LayerMetric | null;
  /** Known before any weight is read, of all models together. */
  readonly estimate: { readonly layers: number; readonly flops: number; readonly bytes: number } | null;
  readonly progress: {
    /** 0 … 1 of the model that is measured. */
    readonly fraction: number;
    readonly msLeft: number | null;
    /** "sample/masked, layer 3" */
    readonly now: string;
  } | null;
  readonly error: WireError | null;
}

export interface LayerMetricsSlice {
  readonly layerMetrics: LayerMetricsState;
}

export const IDLE_LAYER_METRICS: LayerMetricsState = {
  status: 'idle',
  what: null,
  estimate: null,
  progress: null,
  error: null,
};

export const INITIAL_LAYER_METRICS: LayerMetricsSlice = { layerMetrics: IDLE_LAYER_METRICS };

/**
 * Computes whole-layer scores or directionality on request, one model after the other, and merges them into their rows. What
 * fails of one model is shown at the end; the others are computed all the same.
 */
export function layerMetricsActions(
  ctx: Context<LayerMetricsSlice & ModelsSlice & SettingsSlice & HubSessionSlice>,
) {
  const { store, client, now } = ctx;
  /** The model that is measured, by the key of its weights. */
  let running: string | null = null;
  const task = createTask<LayerMetricEvent>();
  /** Of this run: none is measured twice. */
  let tried = new Set<string | null>();
  /** The first one of this run. */
  let failure: WireError | null = null;

  function set(change: Partial<LayerMetricsState>): void {
    store.setState((state) => ({ layerMetrics: { ...state.layerMetrics, ...change } }));
  }

  function save(): void {
    const model = store.getState().models.find((one) => weightsKey(one) === running);
    if (model !== undefined) saveLayerMetrics(ctx, model);
  }

  function stop(): void {
    save();
    task.dispose();
    running = null;
    store.setState({ layerMetrics: IDLE_LAYER_METRICS });
  }

  function next(what: LayerMetric): void {
    const state = store.getState();
    const model = state.models.find(
      (one) => canComputeLayerMetrics(one) && !hasLayerMetric(one, what) && !tried.has(weightsKey(one)),
    );
    const scored = model === undefined ? null : scoredModel(model, state);
    if (model === undefined || scored === null) {
      running = null;
      const failed = { status: 'failed', error: failure } as const;
      store.setState({
        layerMetrics: failure === null ? IDLE_LAYER_METRICS : { ...IDLE_LAYER_METRICS, ...failed },
      });
      return;
    }
    const key = scored.modelKey;
    tried.add(key);
    const name = modelNames(state.models)[state.models.indexOf(model)];
    let began: number | null = null;
    const onEvent = (event: LayerMetricEvent) => {
      if (event.type === 'estimate') return set({ estimate: event });
      if (event.type === 'layer') {
        store.setState(({ models }) => {
          const merged = models.find((other) => weightsKey(other) === key);
          return { models: patchModel(models, merged?.key, (old) => mergeLayerMetrics(old, event.measures)) };
        });
        return;
      }
      began ??= now();
      const { fraction, layer } = event;
      const msLeft = timeLeft(now() - began, fraction);
      const of = state.models.length > 1 ? `${name}, ` : '';
      set({ progress: { fraction, msLeft, now: `${of}layer ${layer}` } });
    };
    task.run((signal) => client.stream('layerMetrics', { ...scored, what }, signal), {
      onEvent,
      onEnd(error) {
        failure ??= error;
        save();
        next(what);
      },
    });
    running = key;
    set({ status: 'running', what, estimate: null, progress: null, error: null });
  }

  store.subscribe(({ models }, before) => {
    // Its model has left the page, or shows other weights now.
    if (models !== before.models && running !== null && !models.some((one) => weightsKey(one) === running))
      stop();
  });

  return {
    /** Measures of every model that it isn't measured of yet. */
    start(what: LayerMetric): void {
      if (running !== null) return;
      tried = new Set();
      failure = null;
      next(what);
    },
    /** What was measured stays. */
    cancel: stop,
  };
}

/** Whether the model is scored, and not being scored again; a recorded step, a figure and a link have no weights. */
export function canComputeLayerMetrics(model: ModelState): boolean {
  return (
    !isBusy(model) &&
    weightsKey(model) !== null &&
    model.stacks.some(({ layers }) => layers.some(({ heads }) => heads.length > 0))
  );
}
