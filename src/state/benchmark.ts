// The benchmark of engines and methods, the sweep over shapes, and what may not run beside them.
import type { StoreApi } from 'zustand/vanilla';
import type {
  BenchmarkEvent,
  LeftOutRow,
  SweepEvent,
  SweepLadder,
  SweepReport,
  WorkShape,
} from '../core/benchmark/index.ts';
import type { Method, TimedEngineKey } from '../core/engines/index.ts';
import { QKError, toWire, type WireError } from '../core/errors.ts';
import type { BenchmarkReport, BenchmarkRow, ScopeName, TimedSpan } from '../core/result/index.ts';
import type { BenchmarkSubject } from '../worker/protocol.ts';
import type { Context } from './context.ts';
import type { HeadDetailSlice } from './headDetail.ts';
import { type HubSessionSlice, hubAccess } from './hubSession.ts';
import type { LayerMetricsSlice } from './layerMetrics.ts';
import type { ModelsSlice } from './modelState.ts';
import { sourceText } from './scoresOrigin.ts';
import { isBusy } from './selectors.ts';
import type { SeriesSlice } from './seriesTracks.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask } from './task.ts';

export interface BenchmarkState {
  readonly status: 'idle' | 'running' | 'confirm' | 'done' | 'failed';
  readonly rows: readonly BenchmarkRow[];
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly msLeft: number | null;
    readonly now: string;
  } | null;
  readonly estimateMs: number | null;
  /** What was left out to keep the limit. */
  readonly leftOut: readonly LeftOutRow[];
  readonly report: BenchmarkReport | null;
  readonly error: WireError | null;
  /** What the page began to do while times were taken: "scoring a model". */
  readonly interference: string | null;
  /** The key of the model that is timed; null for made-up weights. */
  readonly modelKey: number | null;
  /** A benchmark ran until its model left the page, or was opened again. */
  readonly invalidated: boolean;
}

/** The sweep over d and dh. */
export interface SweepState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  readonly progress: BenchmarkState['progress'];
  readonly report: SweepReport | null;
  readonly error: WireError | null;
  /** As the comparison's. */
  readonly interference: string | null;
}

export interface BenchmarkSlice {
  readonly benchmark: BenchmarkState;
  readonly sweep: SweepState;
}

export const IDLE_BENCHMARK: BenchmarkState = {
  status: 'idle',
  rows: [],
  progress: null,
  estimateMs: null,
  leftOut: [],
  report: null,
  error: null,
  interference: null,
  modelKey: null,
  invalidated: false,
};

export const IDLE_SWEEP: SweepState = {
  status: 'idle',
  progress: null,
  report: null,
  error: null,
  interference: null,
};

export const INITIAL_BENCHMARK: BenchmarkSlice = { benchmark: IDLE_BENCHMARK, sweep: IDLE_SWEEP };

/** What takes times. One worker does it, and whatever else it computes spoils them. */
type Timed = 'benchmark' | 'sweep';

/** The slices whose work would spoil times. */
type WorkSlices = ModelsSlice & SeriesSlice & LayerMetricsSlice & HeadDetailSlice;

/** What the page does beside times, as in "the page is scoring a model"; null where it does nothing that would spoil them. */
function otherWork({ models, series, layerMetrics, headDetails }: WorkSlices): string | null {
  if (models.some(isBusy)) return 'scoring a model';
  if (series?.status === 'running') return 'scoring a series';
  if (layerMetrics.status === 'running') return 'measuring layers';
  return headDetails.some(({ status, pairs }) => status === 'running' || pairs?.status === 'running')
    ? 'computing the pinned head'
    : null;
}

/** The work that currently blocks a benchmark or the sweep, or null. */
export function conflictingWork(state: BenchmarkSlice & WorkSlices, wanted: Timed): string | null {
  if (wanted === 'benchmark' && state.sweep.status === 'running') return 'running the sweep';
  if (wanted === 'sweep' && state.benchmark.status === 'running') return 'running the comparison';
  return otherWork(state);
}

/** Notes other work that began while times were being taken: the page says so, and so does the report. */
function watchInterference(store: StoreApi<BenchmarkSlice & WorkSlices>, timed: Timed): void {
  store.subscribe((state) => {
    const interference = state[timed].status === 'running' && !state[timed].interference && otherWork(state);
    if (interference) store.setState({ [timed]: { ...state[timed], interference } });
  });
}

export interface BenchmarkOptions {
  readonly engines: readonly TimedEngineKey[];
  readonly scopes: readonly ScopeName[];
  readonly region: TimedSpan;
  readonly confirmed?: boolean;
  /** What would take it beyond this time, ms, is left out; by default nothing is. */
  readonly limitMs?: number | undefined;
  /** A made-up shape instead of the loaded model. */
  readonly synthetic?: WorkShape;
  readonly methods?: readonly Method[];
  /** The layer and the head that the scopes `head` and `layer` take; the first where left out. */
  readonly layer?: number | undefined;
  readonly head?: number | undefined;
}

/** Seeds the made-up weights: the same shape gives the same ones. */
const SYNTHETIC_SEED = 1;

/** Times engines and methods, on the first model's weights or on made-up ones. */
export function benchmarkActions(
  ctx: Context<BenchmarkSlice & WorkSlices & SettingsSlice & HubSessionSlice>,
) {
  const { store, client } = ctx;
  const task = createTask<BenchmarkEvent>();
  watchInterference(store, 'benchmark');
  store.subscribe(({ models, benchmark }, before) => {
    const [first] = models;
    const report = first?.result?.timing;
    if (first !== undefined && report !== undefined && first.key !== before.models[0]?.key) {
      // It came with the model's scores.
      task.dispose();
      const { rows } = report;
      store.setState({ benchmark: { ...IDLE_BENCHMARK, status: 'done', rows, report, modelKey: first.key } });
      return;
    }
    // Another model is first now, or the same one under a new key: what is timed is of the old one.
    const { modelKey } = benchmark;
    if (modelKey === null || modelKey === models[0]?.key) return;
    task.dispose();
    store.setState({ benchmark: { ...IDLE_BENCHMARK, invalidated: benchmark.status === 'running' } });
  });

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
    if (model.origin !== null)
      throw new QKError(
        'no-weights',
        `These scores came from ${sourceText(model.origin)}, without weights to time.`,
        {
          where: model.model.id,
          hint: 'Recompute the model first, or time a synthetic shape.',
        },
      );
    return {
      kind: 'model',
      choice: model.choice,
      layoutOverrides: model.layoutOverrides,
      name: model.model.id,
    };
  }

  function onEvent(event: BenchmarkEvent): void {
    switch (event.type) {
      case 'estimate':
        set({ estimateMs: event.ms, leftOut: event.leftOut });
        if (event.needsConfirmation) set({ status: 'confirm' });
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
    const isCancelled = error.code === 'cancelled';
    set({ status: isCancelled ? 'idle' : 'failed', error: isCancelled ? null : error, progress: null });
  }

  return {
    run(options: BenchmarkOptions): void {
      const { synthetic, ...asked } = options;
      if (conflictingWork(store.getState(), 'benchmark') !== null) return;
      let subject: BenchmarkSubject | null;
      try {
        subject = subjectOf(synthetic);
      } catch (error) {
        fail(toWire(error));
        return;
      }
      if (subject === null) return;
      const modelKey = subject.kind === 'model' ? (store.getState().models[0]?.key ?? null) : null;
      store.setState({ benchmark: { ...IDLE_BENCHMARK, status: 'running', modelKey } });
      const hub = hubAccess(store.getState());
      const request = { subject, confirmed: false, methods: [], ...asked, ...hub };
      task.run((signal) => client.stream('benchmark', request, signal), {
        onEvent,
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
  };
}

/** Times made-up weights over a ladder of shapes: it knows no model. */
export function sweepActions({ store, client }: Context<BenchmarkSlice & WorkSlices>) {
  const task = createTask<SweepEvent>();
  watchInterference(store, 'sweep');

  function set(change: Partial<SweepState>): void {
    store.setState((state) => ({ sweep: { ...state.sweep, ...change } }));
  }

  return {
    run(engine: TimedEngineKey, ladder: SweepLadder): void {
      if (conflictingWork(store.getState(), 'sweep') !== null) return;
      store.setState({ sweep: { ...IDLE_SWEEP, status: 'running' } });
      task.run((signal) => client.stream('sweep', { engine, ladder }, signal), {
        onEvent(event) {
          if (event.type === 'progress') return set({ progress: event });
          const { interference } = store.getState().sweep;
          set({
            report: interference === null ? event.report : { ...event.report, disturbed: interference },
          });
        },
        onEnd(error) {
          if (error === null) set({ status: 'done', progress: null });
          else set({ status: 'failed', error, progress: null });
        },
      });
    },
    /** As the comparison's. */
    cancel(): void {
      task.cancel();
      const { status, progress } = store.getState().sweep;
      if (status !== 'running' || progress !== null) return;
      task.dispose();
      set({ status: 'idle' });
    },
  };
}
