// Foresees, before anything is measured, how long a benchmark takes.
import type { EngineOffer, TimedEngineKey } from '../engines/index.ts';
import type { ScopeName } from '../result/index.ts';
import { planMethods } from './benchmarkPlan.ts';
import { RUN_MS } from './benchmarkTask.ts';
import { passFlops, type WorkShape } from './flops.ts';
import { expectedMs, type RowEstimate, type ShortenedPlan, shortenPlan } from './timeLimit.ts';

/** What is to be timed, and how fast each engine is taken to be. */
export interface ForeseenBenchmark {
  readonly shape: WorkShape;
  readonly scopes: readonly ScopeName[];
  /** In 10⁹ operations a second; the engine that scores models first. */
  readonly engines: readonly { readonly id: string; readonly gflops: number }[];
  /** Speed of the float64 values, 10⁹ operations a second. */
  readonly float64Gflops?: number;
  readonly limitMs?: number | undefined;
}

/** Runs of each row unless there is no time for them. */
const RUNS = 7;
/** Plain JavaScript on one core. */
const JAVASCRIPT_GFLOPS = 1;

/** Returns the plan that such speeds would give, with its time. */
export function foreseePlan(wanted: ForeseenBenchmark): ShortenedPlan<RowEstimate> {
  const { shape, scopes, engines, float64Gflops = JAVASCRIPT_GFLOPS, limitMs } = wanted;
  const oneLayer = { ...shape, layers: 1 };
  const rows = planMethods({ scopes, methods: [] }).flatMap(({ scope, methods }) =>
    engines.flatMap(({ id, gflops }) =>
      methods.map(
        (method): RowEstimate => ({
          engine: id,
          method,
          scope,
          passMs: passFlops(method, scope, scope === 'all' ? shape : oneLayer) / gflops / 1e6,
        }),
      ),
    ),
  );
  const options = {
    targetMs: RUN_MS,
    float64LayerMs: passFlops('trace-loop', 'layer', oneLayer) / float64Gflops / 1e6,
    layers: shape.layers,
  };
  if (limitMs === undefined) return { rows, leftOut: [], runs: RUNS, ms: expectedMs(rows, RUNS, options) };
  return shortenPlan(rows, RUNS, { ...options, limitMs, elapsedMs: 0 });
}

/**
 * Returns a rough speed of an engine, 10⁹ operations a second: what a laptop of some years gives. The benchmark measures it before it
 * plans; this is for the sentence before it.
 */
export function roughGflops({ id, threads = 1, isSoftware }: EngineOffer<TimedEngineKey>): number {
  switch (id) {
    case 'webgpu':
    case 'ort-webgpu':
      return isSoftware ? 5 : 300;
    case 'wasm':
      return 20 * threads;
    case 'wasm-one-thread':
    case 'ort-wasm':
      return 20;
    case 'reference':
      return JAVASCRIPT_GFLOPS;
    default:
      return id satisfies never;
  }
}
