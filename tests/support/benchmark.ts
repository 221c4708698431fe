import type { BenchmarkDeps, BenchmarkEvent, BenchmarkJob } from '../../src/core/benchmark/benchmarkPlan.ts';
import { runBenchmark } from '../../src/core/benchmark/runBenchmark.ts';
import { type FakeOptions, fakeClock, fakeEngine } from './fakeEngine.ts';

export const SHAPE = { layers: 3, heads: 4, kvHeads: 2, dModel: 16, dHead: 4 };
export const JOB: BenchmarkJob = {
  source: { kind: 'synthetic', shape: SHAPE, seed: 1 },
  methods: ['norm', 'trace', 'trace-heads', 'trace-loop', 'trace-full'],
  scopes: ['head'],
};

/** norm takes 8 ms a head, trace 2, and a head inside a batch 1. */
export const COST: FakeOptions['cost'] = (call, heads) =>
  call.kernel === 'norm' ? 8 : call.kernel === 'trace' ? 2 : heads;

/** Deterministic stand-in for Math.random (a linear congruence). */
function sequence(): () => number {
  let state = 7;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

export function setUp(options: Partial<FakeOptions>[] = [{}], stepMs = 0.005) {
  const clock = fakeClock(stepMs);
  const fakes = options.map((one, i) =>
    fakeEngine({ id: (['webgpu', 'wasm', 'ort-wasm'] as const)[i]!, clock, cost: COST, ...one }),
  );
  const deps: BenchmarkDeps = {
    engines: fakes.map(({ engine }) => engine),
    reference: fakeEngine({ id: 'reference', clock, cost: COST }).engine,
    now: clock.now,
    random: sequence(),
    yieldToEventLoop: () => Promise.resolve(),
    environment: { crossOriginIsolated: true },
    date: () => '2026-03-04T05:06:07.890Z',
  };
  return { clock, fakes, deps };
}

export async function collect(
  job: BenchmarkJob,
  deps: BenchmarkDeps,
  each?: (event: BenchmarkEvent) => void,
) {
  const events: BenchmarkEvent[] = [];
  for await (const event of runBenchmark(job, deps)) {
    events.push(event);
    each?.(event);
  }
  const done = events.findLast((event) => event.type === 'done');
  return { events, done, rows: done?.report.rows ?? [] };
}
