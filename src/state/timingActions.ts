import type { StoreApi } from 'zustand/vanilla';
import type { BenchmarkEvent, WorkShape } from '../core/benchmark/index.ts';
import type { Method, TimedEngineKey } from '../core/engines/index.ts';
import { QKError, toWire, type WireError } from '../core/errors.ts';
import type { ScopeName, TimedSpan } from '../core/result/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { BenchmarkSubject } from '../worker/protocol.ts';
import { type AppState, type BenchmarkState, IDLE_BENCHMARK } from './appState.ts';
import { createTask } from './task.ts';
import { conflictingWork, watchInterference } from './timesTaken.ts';

export interface CompareOptions {
  readonly engines: readonly TimedEngineKey[];
  readonly scopes: readonly ScopeName[];
  readonly region: TimedSpan;
  readonly confirmed?: boolean;
  /** A made-up shape instead of the loaded model. */
  readonly synthetic?: WorkShape;
  readonly methods?: readonly Method[];
  /** What the scopes `head` and `layer` take; the first unless told. */
  readonly layer?: number | undefined;
  readonly head?: number | undefined;
}

/** Seeds the made-up weights: the same shape gives the same ones. */
const SYNTHETIC_SEED = 1;

/** The timing comparison's part of the actions. */
export function timingActions(store: StoreApi<AppState>, client: WorkerClient) {
  const task = createTask<BenchmarkEvent>();
  let isOfModel = false;
  watchInterference(store, 'benchmark');

  function set(change: Partial<BenchmarkState>): void {
    store.setState((state) => ({ benchmark: { ...state.benchmark, ...change } }));
  }

  function subjectOf(synthetic: WorkShape | undefined): BenchmarkSubject | null {
    if (synthetic !== undefined) return { kind: 'synthetic', shape: synthetic, seed: SYNTHETIC_SEED };
    const model = store.getState().models[0];
    if (model === undefined || model.model === null) return null;
    if (model.engine?.id === 'recorded')
      throw new QKError(
        'no-weights',
        `The weights of ${model.model.revision} are not bundled: only its scores are.`,
        {
          where: model.model.id,
          hint: 'Set the slider to the last step to time the finished model, or time a synthetic shape.',
        },
      );
    return {
      kind: 'model',
      choice: model.choice,
      layoutOverrides: model.layoutOverrides,
      name: model.model.id,
    };
  }

  function hear(event: BenchmarkEvent): void {
    switch (event.type) {
      case 'estimate':
        set({ estimateMs: event.ms, ...(event.needsConfirmation ? { status: 'confirm' as const } : {}) });
        return;
      case 'progress': {
        const { done, total, msLeft, now } = event;
        set({ progress: { done, total, msLeft, now } });
        return;
      }
      case 'row':
        set({ rows: [...store.getState().benchmark.rows, event.row] });
        return;
      case 'row-failed':
        return; // The report lists it with its reason.
      case 'done': {
        const { report } = event;
        const { interference } = store.getState().benchmark;
        set({
          report: interference === null ? report : { ...report, disturbed: interference },
          rows: report.rows,
        });
        return;
      }
      default:
        event satisfies never;
    }
  }

  function fail(error: WireError): void {
    set({
      status: error.code === 'cancelled' ? 'idle' : 'failed',
      error: error.code === 'cancelled' ? null : error,
      progress: null,
    });
  }

  return {
    compare(options: CompareOptions): void {
      const { engines, scopes, region, confirmed = false, synthetic, methods = [], layer, head } = options;
      if (conflictingWork(store.getState(), 'benchmark') !== null) return;
      let subject: BenchmarkSubject | null;
      try {
        subject = subjectOf(synthetic);
      } catch (error) {
        store.setState({ benchmark: IDLE_BENCHMARK });
        fail(toWire(error));
        return;
      }
      if (subject === null) return;
      isOfModel = subject.kind === 'model';
      store.setState({ benchmark: { ...IDLE_BENCHMARK, status: 'running' } });
      const { settings, token } = store.getState();
      const hub = { hubUrl: settings.hubUrl, token: token ?? undefined };
      const request = { subject, engines, methods, scopes, region, confirmed, layer, head, ...hub };
      task.run((signal) => client.stream('benchmark', request, signal), {
        onEvent: hear,
        onEnd(error) {
          if (error !== null) fail(error);
          else if (store.getState().benchmark.status === 'running') set({ status: 'done', progress: null });
        },
      });
    },
    /** The report of what was timed so far still comes. Where nothing is on its way but engines and weights, none is waited for. */
    cancel(): void {
      task.cancel();
      const { status, progress } = store.getState().benchmark;
      if (status !== 'running' || progress !== null) return;
      task.dispose();
      set({ status: 'idle' });
    },
    /** The first model is another one now: what a comparison of its weights still says is of the old one. Made-up weights are nobody's. */
    stop(): void {
      if (!isOfModel) return;
      task.dispose();
      const wasRunning = store.getState().benchmark.status === 'running';
      store.setState({ benchmark: wasRunning ? { ...IDLE_BENCHMARK, invalidated: true } : IDLE_BENCHMARK });
    },
  };
}
