// Runs the sweep over d and dh.
import { QKError, toWire } from '../errors.ts';
import { engineName } from '../result/index.ts';
import {
  type BenchmarkDeps,
  type BenchmarkEvent,
  type BenchmarkJob,
  shuffled,
  type TimedEngine,
} from './benchmarkPlan.ts';
import { BenchmarkRun, probeRow, roughMs, rowOf, type Task, takeRun, warmUpRow } from './benchmarkTask.ts';
import { describeClock, measureClockStep } from './clock.ts';
import { SWEEP_METHODS, type SweepMethod, type SweepPoint, type SweepReport } from './sweepReport.ts';
import { syntheticLayers } from './synthetic.ts';

/** What is swept over. */
export interface SweepJob {
  readonly points: readonly SweepPoint[];
  /** The default is 7. */
  readonly runs?: number;
}

/** Ladders of powers of two: each around the sizes that models have. */
export const SWEEP_LADDERS = {
  full: {
    name: 'full',
    d: { fixed: 64, values: [256, 512, 1024, 2048, 4096] },
    dh: { fixed: 1024, values: [16, 32, 64, 128, 256] },
  },
  quick: {
    name: 'quick',
    d: { fixed: 32, values: [128, 256, 512, 1024] },
    dh: { fixed: 512, values: [8, 16, 32, 64] },
  },
} as const;
export type SweepLadder = keyof typeof SWEEP_LADDERS;

export function ladderPoints(ladder: SweepLadder): SweepPoint[] {
  const { d, dh } = SWEEP_LADDERS[ladder];
  return [
    ...d.values.map((dModel) => ({ axis: 'd' as const, dModel, dHead: d.fixed })),
    ...dh.values.map((dHead) => ({ axis: 'dh' as const, dModel: dh.fixed, dHead })),
  ];
}

/** A point whose runs would take longer than this is left out, by name. */
const POINT_MS = 30_000;
const SEED = 1;
const DTYPE = 'F32';

export type SweepEvent =
  | Extract<BenchmarkEvent, { type: 'progress' }>
  | { readonly type: 'sweep-done'; readonly report: SweepReport; readonly cancelled: boolean };

/** No yardstick: the sweep compares times, not values. */
type SweepDeps = Omit<BenchmarkDeps, 'engines' | 'reference' | 'readLayers'>;

interface SweepTask {
  readonly point: SweepPoint;
  readonly method: SweepMethod;
  readonly run: BenchmarkRun;
  readonly task: Task;
}

/**
 * Times norm and trace on one head of every point's size, as runBenchmark does its rows: a first pass gives the
 * estimate, each is warmed up until its runs outlast the clock, then rounds over all points and both methods in
 * random order. A cancellation keeps the runs that were taken.
 */
export async function* runSweep(
  job: SweepJob,
  engine: TimedEngine,
  deps: SweepDeps,
): AsyncGenerator<SweepEvent, void, undefined> {
  const { signal } = deps;
  const runs = job.runs ?? 7;
  const clockStepMs = measureClockStep(deps.now);
  const all = job.points.flatMap((point) => tasksOf(point, engine, deps, clockStepMs));
  const leftOut: SweepReport['leftOut'][number][] = [];
  let tasks = all;
  const total = all.length * (runs + 2);
  let done = 0;

  const drop = (timed: SweepTask, reason: string, steps: number) => {
    done += steps;
    tasks = tasks.filter((other) => other !== timed);
    leftOut.push({ ...timed.point, method: timed.method, reason });
  };
  const attempt = async (timed: SweepTask, stepsAfter: number, step: () => Promise<void>) => {
    await deps.yieldToEventLoop();
    signal?.throwIfAborted();
    try {
      await step();
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      drop(timed, toWire(thrown).message, stepsAfter);
    } finally {
      done++;
    }
  };
  const progress = ({ point, method }: SweepTask, verb: string, msLeft: number | null): SweepEvent => ({
    type: 'progress',
    done,
    total,
    msLeft,
    now: `${verb}${method}, d ${point.dModel}, dh ${point.dHead}`,
  });
  const msLeft = () =>
    tasks.reduce((sum, { task, run }) => sum + roughMs(task, run.targetMs) * (runs - task.runsMs.length), 0);

  let cancelled: true | undefined;
  try {
    for (const timed of all) {
      yield progress(timed, 'estimating ', null);
      await attempt(timed, runs + 1, async () => {
        await probeRow(timed.run, timed.task);
        const ms = roughMs(timed.task, timed.run.targetMs) * runs;
        if (ms > POINT_MS)
          throw new QKError('too-large', `its runs would take about ${Math.round(ms / 1000)} s`);
      });
    }
    for (const timed of tasks) {
      yield progress(timed, 'warming up ', msLeft());
      await attempt(timed, runs, async () => void (await warmUpRow(timed.run, timed.task)));
    }
    for (let round = 0; round < runs; round++) {
      for (const timed of shuffled(tasks, deps.random)) {
        yield progress(timed, '', msLeft());
        await attempt(timed, runs - round - 1, () => takeRun(timed.run, timed.task));
      }
    }
  } catch (thrown) {
    if (!signal?.aborted) throw thrown;
    cancelled = true;
  } finally {
    for (const { run } of all) await run.release();
  }
  const description = engine.describe();
  yield {
    type: 'sweep-done',
    cancelled: cancelled ?? false,
    report: {
      engine: engineName(description),
      device: description.device,
      clock: describeClock(clockStepMs),
      clockStepMs,
      ...deps.environment,
      createdAt: deps.date(),
      dtype: DTYPE,
      seed: SEED,
      ...(cancelled ? { cancelled } : {}),
      rows: tasks
        .filter(({ task }) => task.runsMs.length > 0)
        .map(({ point, task }) => ({ ...point, row: rowOf(task) })),
      leftOut,
    },
  };
}

function tasksOf(point: SweepPoint, engine: TimedEngine, deps: SweepDeps, clockStepMs: number): SweepTask[] {
  const shape = { layers: 1, heads: 1, kvHeads: 1, dModel: point.dModel, dHead: point.dHead };
  const job: BenchmarkJob = {
    source: { kind: 'synthetic', shape, seed: SEED },
    methods: SWEEP_METHODS,
    scopes: ['head'],
  };
  const layers = syntheticLayers(shape, SEED, 1, DTYPE);
  const run = new BenchmarkRun(job, { ...deps, engines: [engine] }, clockStepMs, () => layers);
  return SWEEP_METHODS.map((method) => ({
    point,
    method,
    run,
    task: run.newTask({ engine, method, scope: 'head' }),
  }));
}
