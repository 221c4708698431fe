import type { StoreApi } from 'zustand/vanilla';
import type { WireError } from '../core/errors.ts';
import type { Measure, MeasuresEvent } from '../core/inspection/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import { type AppState, IDLE_LAYER_METRICS, type LayerMetricsState, type ModelState } from './appState.ts';
import { hasLayerMetric, mergeLayerMetrics } from './measuredModel.ts';
import { modelNames } from './modelNames.ts';
import { scoredModel, weightsKey } from './scoredModel.ts';
import { isBusy } from './selectors.ts';
import { createTask } from './task.ts';
import { timeLeft } from './timeLeft.ts';

export interface MeasureDeps {
  readonly store: StoreApi<AppState>;
  readonly client: WorkerClient;
  now(): number;
  /** Called with a model of which something was measured, when that ends. */
  keep(model: ModelState): void;
}

/**
 * Whole-layer scores, and directionality: each measured when asked for, one model after the other, and merged into their rows. What
 * fails of one model is told at the end; the others are measured all the same.
 */
export function measureActions({ store, client, now, keep }: MeasureDeps) {
  /** The model that is measured, by the key of its weights. */
  let running: string | null = null;
  const task = createTask<MeasuresEvent>();
  /** Of this run: none is measured twice. */
  let tried = new Set<string | null>();
  /** The first one of this run. */
  let failure: WireError | null = null;

  function set(change: Partial<LayerMetricsState>): void {
    store.setState((state) => ({ layerMetrics: { ...state.layerMetrics, ...change } }));
  }

  function keepMeasured(): void {
    const model = store.getState().models.find((one) => weightsKey(one) === running);
    if (model !== undefined) keep(model);
  }

  function stop(): void {
    keepMeasured();
    task.dispose();
    running = null;
    store.setState({ layerMetrics: IDLE_LAYER_METRICS });
  }

  function next(what: Measure): void {
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
    const hear = (event: MeasuresEvent) => {
      if (event.type === 'estimate') return set({ estimate: event });
      if (event.type === 'layer') {
        store.setState(({ models }) => ({
          models: models.map((one) =>
            weightsKey(one) === key ? mergeLayerMetrics(one, event.measures) : one,
          ),
        }));
        return;
      }
      began ??= now();
      const { fraction, layer } = event;
      const msLeft = timeLeft(now() - began, fraction);
      const of = state.models.length > 1 ? `${name}, ` : '';
      set({ progress: { fraction, msLeft, now: `${of}layer ${layer}` } });
    };
    task.run((signal) => client.stream('layerMetrics', { ...scored, what }, signal), {
      onEvent: hear,
      onEnd(error) {
        failure ??= error;
        keepMeasured();
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
    start(what: Measure): void {
      if (running !== null) return;
      tried = new Set();
      failure = null;
      next(what);
    },
    /** What was measured stays. */
    cancel: stop,
  };
}

/** Scored, and not being scored anew; a recorded step has no weights. */
export function canComputeLayerMetrics(model: ModelState): boolean {
  return (
    !isBusy(model) &&
    weightsKey(model) !== null &&
    model.stacks.some(({ layers }) => layers.some(({ heads }) => heads.length > 0))
  );
}
