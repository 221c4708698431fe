// Runs the timing comparison of engines and methods.
import { isAbort, QKError, toWire, type WireError } from '../errors.ts';
import { type BenchmarkFailure, type BenchmarkReport, engineName, type ScopeName } from '../result/index.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import {
  type BenchmarkDeps,
  type BenchmarkEvent,
  type BenchmarkJob,
  CONFIRM_MS,
  failureOf,
  keyOfRow,
  nameRow,
  planMethods,
  planRows,
  shuffled,
} from './benchmarkPlan.ts';
import { maxAbsDeltaR, referenceRatios } from './benchmarkReference.ts';
import { BenchmarkRun, probeRow, roughMs, rowOf, type Task, takeRun, warmUpRow } from './benchmarkTask.ts';
import { benchmarkWeights } from './benchmarkWeights.ts';
import { describeClock, measureClockStep } from './clock.ts';
import { isWorthProbing, probingOrder, withoutAnswer } from './probing.ts';
import { expectedMs, shortenPlan } from './timeLimit.ts';

/**
 * Times methods on engines, as %timeit does: every row is warmed up until a run of so and so many passes outlasts
 * the clock, then seven runs of each, one of every row per round in random order, so that a busy moment hits all
 * alike.
 *
 * One small pass of each row (one head, or one layer where a batch is the unit) comes first and gives the estimate.
 * With a limit, what doesn't fit is left out by it, and the rounds end early where the estimate was too low.
 * A row that fails is reported and left out, as those of all layers are where all are too many. A cancellation keeps
 * the runs that were taken.
 * @throws QKError for a synthetic shape that can't be; whatever the clock and the event loop throw.
 */
export async function* runBenchmark(
  job: BenchmarkJob,
  deps: BenchmarkDeps,
): AsyncGenerator<BenchmarkEvent, void, undefined> {
  const { signal, startedAt = deps.now() } = deps;
  let runs = job.runs ?? 7;
  const clockStepMs = measureClockStep(deps.now);
  const weights = benchmarkWeights(job);
  const run = new BenchmarkRun(job, deps, clockStepMs, weights.inScope);
  let tasks: Task[] = planRows(job, deps.engines).map((row) => run.newTask(row));
  let total = tasks.length * (runs + 2);
  let done = 0;
  const elapsedMs = () => deps.now() - startedAt;
  const failed: BenchmarkFailure[] = (deps.notStarted ?? []).flatMap((failure) =>
    planMethods(job).flatMap(({ scope, methods }) =>
      methods.map((method) => ({ ...failure, method, scope })),
    ),
  );

  const progress = (now: string, msLeft: number | null): BenchmarkEvent => ({
    type: 'progress',
    done,
    total,
    msLeft,
    now,
  });
  const fail = (task: Task, error: WireError, stepsLeft: number): BenchmarkEvent => {
    done += stepsLeft;
    tasks = tasks.filter((other) => other !== task);
    const failure = failureOf(task.row, error);
    failed.push(failure);
    return { type: 'row-failed', ...failure };
  };
  const failAll = (error: WireError, stepsLeft: number): BenchmarkEvent[] =>
    ofAll().map((task) => fail(task, error, stepsLeft));
  const ofAll = () => tasks.filter(({ row }) => row.scope === 'all');
  /** Runs one step of one row; a failure becomes data, a cancellation is thrown. */
  const attempt = async (step: () => Promise<void>): Promise<WireError | null> => {
    await deps.yieldToEventLoop();
    signal?.throwIfAborted();
    try {
      await step();
      return null;
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      return toWire(isAbort(thrown) ? new QKError('engine-failed', 'The engine stopped by itself.') : thrown);
    } finally {
      done++;
    }
  };
  const msLeft = () => tasks.reduce((sum, task) => sum + task.runMs * (runs - task.runsMs.length), 0);
  /** The rows that have fewer runs than were planned: they weren't told of yet. */
  const unfinishedRows = (): BenchmarkEvent[] =>
    tasks
      .filter(({ runsMs }) => runsMs.length > 0 && runsMs.length < runs)
      .map((task) => ({ type: 'row', row: rowOf(task) }));
  const report = (): BenchmarkReport => ({
    clock: describeClock(clockStepMs),
    clockStepMs,
    ...deps.environment,
    createdAt: deps.date(),
    dtype: weights.dtype,
    ...(job.source.kind === 'synthetic' ? { seed: job.source.seed } : {}),
    ...(cancelled ? { cancelled } : {}),
    device: Object.fromEntries(
      deps.engines.map((engine) => [engineName(engine.describe()), engine.describe().device]),
    ),
    subject: weights.name,
    synthetic: job.source.kind === 'synthetic',
    shape: weights.shape,
    layer: weights.first.layer,
    head: run.head,
    rows: tasks.filter((task) => task.runsMs.length > 0).map(rowOf),
    failed,
  });

  let cancelled: true | undefined;
  try {
    if (weights.allError) yield* failAll(weights.allError, runs + 2);
    const leftOut: Task[] = [];
    for (const task of job.limitMs === undefined ? tasks : probingOrder(tasks)) {
      if (leftOut.includes(task)) continue;
      if (!isWorthProbing(task, tasks, job.limitMs, elapsedMs())) {
        leftOut.push(...withoutAnswer(task, tasks));
        continue;
      }
      yield progress(`estimating ${nameRow(task.row)}`, null);
      const error = await attempt(() => probeRow(run, task));
      if (error) yield fail(task, error, runs + 1);
    }

    const ofHead = await timeReference(run, deps, weights.first);
    const estimating = {
      targetMs: run.targetMs,
      float64LayerMs: ofHead.ms * weights.shape.heads,
      layers: weights.shape.layers,
    };
    tasks = tasks.filter((task) => !leftOut.includes(task));
    if (job.limitMs !== undefined) {
      const limits = { ...estimating, limitMs: job.limitMs, elapsedMs: elapsedMs() };
      const rows = tasks.map((task) => ({ ...keyOfRow(task.row), passMs: task.passMs, task }));
      const plan = shortenPlan(rows, runs, limits);
      runs = plan.runs;
      tasks = plan.rows.map(({ task }) => task);
      leftOut.push(...plan.leftOut.map(({ task }) => task));
    }
    total = done + tasks.length * (runs + 1);
    // The layers whose heads are all compared with float64.
    const whole =
      ofAll().length > 0
        ? [...Array(weights.shape.layers).keys()]
        : tasks.some(({ row }) => row.scope === 'layer')
          ? [weights.layerIndex]
          : [];
    const referenceMs = whole.length * estimating.float64LayerMs;
    const estimates = tasks.map((task) => ({ ...keyOfRow(task.row), passMs: task.passMs }));
    const ms = expectedMs(estimates, runs, estimating);
    const needsConfirmation =
      ofAll().length > 0 && ms > CONFIRM_MS && !job.confirmed && job.limitMs === undefined;
    const leftOutRows = leftOut.map((task) => keyOfRow(task.row));
    yield { type: 'estimate', ms, needsConfirmation, leftOut: leftOutRows };
    if (needsConfirmation) return;

    if (ofAll().length > 0) {
      try {
        weights.inScope('all');
      } catch (thrown) {
        yield* failAll(toWire(thrown), runs + 1);
      }
    }
    const expected = new Map<number, (number | null)[]>();
    for (const [done, layerIndex] of whole.entries()) {
      if (layerIndex !== weights.layerIndex && ofAll().length === 0) continue;
      yield progress('float64 values', ms - (referenceMs * done) / whole.length);
      await deps.yieldToEventLoop();
      signal?.throwIfAborted();
      const layer = layerIndex === weights.layerIndex ? weights.first : weights.inScope('all')[layerIndex]!;
      expected.set(layerIndex, await referenceOr(deps, layer, 'all'));
    }
    const expectedIn: Readonly<Record<ScopeName, () => readonly (number | null)[]>> = {
      head: () => ofHead.ratios,
      layer: () => expected.get(weights.layerIndex) ?? [],
      all: () => whole.flatMap((layerIndex) => expected.get(layerIndex) ?? []),
    };

    let warmUpMsLeft = ms - referenceMs;
    for (const task of tasks) {
      yield progress(`warming up ${nameRow(task.row)}`, warmUpMsLeft);
      warmUpMsLeft -= roughMs(task, run.targetMs);
      const error = await attempt(async () => {
        const scores = await warmUpRow(run, task);
        task.maxAbsDeltaR = maxAbsDeltaR(scores, expectedIn[task.row.scope]());
      });
      if (error) yield fail(task, error, runs);
    }

    for (let round = 0; round < runs; round++) {
      const roundMs = tasks.reduce((sum, task) => sum + task.runMs, 0);
      if (round > 0 && elapsedMs() + roundMs > (job.limitMs ?? Number.POSITIVE_INFINITY)) {
        yield* unfinishedRows();
        break;
      }
      for (const task of shuffled(tasks, deps.random)) {
        yield progress(nameRow(task.row), msLeft());
        const error = await attempt(() => takeRun(run, task));
        if (error) yield fail(task, error, runs - round - 1);
        else if (task.runsMs.length === runs) yield { type: 'row', row: rowOf(task) };
      }
    }
  } catch (thrown) {
    if (!signal?.aborted) throw thrown;
    cancelled = true;
    yield* unfinishedRows();
  } finally {
    await run.release();
  }
  yield { type: 'done', report: report(), cancelled: cancelled ?? false };
}

/** r of the chosen head in float64, and how long that took: the estimate of the others. */
async function timeReference(run: BenchmarkRun, deps: BenchmarkDeps, layer: LayerWeights) {
  const start = deps.now();
  const ratios = await referenceOr(deps, layer, run.head);
  return { ratios, ms: deps.now() - start };
}

/** The yardstick's failure leaves max |Δr| empty; it doesn't sink the times. */
async function referenceOr(deps: BenchmarkDeps, layer: LayerWeights, head: number | 'all') {
  try {
    return await referenceRatios(deps.reference, layer, head, deps.signal);
  } catch (thrown) {
    if (deps.signal?.aborted) throw thrown;
    return Array.from({ length: head === 'all' ? layer.q.length : 1 }, () => null);
  }
}
