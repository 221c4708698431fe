// Times one row of a benchmark.
import type { EngineHandle, HeadScores } from '../engines/index.ts';
import { QKError } from '../errors.ts';
import type { BenchmarkRow, ScopeName, TimedSpan, TimingClock } from '../result/index.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import { type Pass, type PassTimes, timePasses } from './benchmarkPass.ts';
import type { BenchmarkDeps, BenchmarkJob, PlannedRow, TimedEngine } from './benchmarkPlan.ts';
import { passBytes, passFlops } from './flops.ts';

/** A run takes at least this long, and at least so many steps of the clock, so that a step is at most 5 % of it. */
export const RUN_MS = 20;
export const RUN_CLOCK_STEPS = 20;
/** Warm-up runs aim higher, so that the faster runs after them still reach RUN_MS. */
const MARGIN = 1.5;
/**
 * A GPU that says its passes take no time at all is not asked for more of them than fill this many RUN_MS of wall
 * time.
 */
const WALL_BOUND = 50;
/** Runs that may turn out too short before the row is given up. */
const TRIES = 6;
/** The end for a clock that stands still. */
const LOOPS_AT_MOST = 1_000_000;
/** A first pass shorter than this may be mostly compilation: the second one counts. */
const COLD_MS = 250;

/** A row while it is being timed: what it is, and what is known so far. */
export interface Task {
  readonly row: PlannedRow;
  readonly pass: Pass;
  readonly heads: number;
  readonly flops: number;
  bytes: number;
  clock: TimingClock;
  /** Expected wall time of one pass, ms. */
  passMs: number;
  /** Wall time of one run, ms. */
  runMs: number;
  loops: number;
  calls: number;
  maxAbsDeltaR: number | null;
  readonly runsMs: number[];
  /** Passes of each of them. */
  readonly runLoops: number[];
}

type RunDeps = Pick<BenchmarkDeps, 'engines' | 'now' | 'signal' | 'readLayers'>;

/** What the rows of one benchmark share: the weights, each loaded once per engine, and the length of a run. */
export class BenchmarkRun {
  readonly head: number;
  readonly targetMs: number;
  readonly #region: TimedSpan;
  readonly #deps: RunDeps;
  readonly #inScope: (scope: ScopeName) => readonly LayerWeights[];
  readonly #handles = new Map<string, Promise<EngineHandle>>();
  readonly #layers: number;

  constructor(
    job: BenchmarkJob,
    deps: RunDeps,
    clockStepMs: number,
    inScope: (scope: ScopeName) => readonly LayerWeights[],
  ) {
    this.head = job.head ?? 0;
    this.targetMs = Math.max(RUN_MS, RUN_CLOCK_STEPS * clockStepMs);
    this.#region = job.region ?? 'kernel';
    this.#deps = deps;
    this.#inScope = inScope;
    this.#layers = job.source.kind === 'layers' ? job.source.layers.length : job.source.shape.layers;
    const heads = inScope('layer')[0]!.q.length;
    if (this.head >= heads) {
      throw new QKError('layout-mismatch', `There is no head ${this.head}: the layer has ${heads}.`);
    }
  }

  newTask(row: PlannedRow): Task {
    const layer = this.#inScope('layer')[0]!;
    const shape = {
      layers: row.scope === 'all' ? this.#layers : 1,
      heads: layer.q.length,
      kvHeads: layer.k.length,
      dModel: layer.dModel,
      dHead: layer.dHead,
    };
    return {
      row,
      pass: this.#pass(row, row.scope),
      heads: row.scope === 'head' ? 1 : shape.layers * shape.heads,
      flops: passFlops(row.method, row.scope, shape),
      bytes: 0,
      clock: 'wall',
      passMs: 0,
      runMs: 0,
      loops: 1,
      calls: 0,
      maxAbsDeltaR: null,
      runsMs: [],
      runLoops: [],
    };
  }

  /** Gives all memory back. */
  async release(): Promise<void> {
    for (const handle of this.#handles.values()) {
      // A load that failed was reported as its row's failure.
      (await handle.catch(() => null))?.release();
    }
    this.#handles.clear();
  }

  #pass(row: PlannedRow, scope: ScopeName): Pass {
    const { signal, readLayers } = this.#deps;
    return {
      engine: row.engine,
      method: row.method,
      scope,
      region: this.#region,
      head: this.head,
      weights: async () => {
        if (this.#region !== 'end to end') return this.#inScope(scope);
        if (!readLayers) throw new QKError('internal', 'Nothing reads the weights of this benchmark anew.');
        return readLayers(scope, signal);
      },
      loaded: () => this.#load(row.engine, scope === 'all' ? 'all' : 'layer'),
      now: () => this.#deps.now(),
      signal,
    };
  }

  #load(engine: TimedEngine, scope: 'layer' | 'all'): Promise<EngineHandle> {
    const key = `${this.#deps.engines.indexOf(engine)} ${scope}`;
    let handle = this.#handles.get(key);
    if (!handle) {
      handle = engine.load(this.#inScope(scope), this.#deps.signal, { resident: true });
      this.#handles.set(key, handle);
    }
    return handle;
  }

  /**
   * Returns a pass of the smallest unit of a row, and how many of them its scope holds: the estimate of a pass.
   */
  smallest(task: Task): { pass: Pass; times: number } {
    const { row } = task;
    if (row.scope === 'head') return { pass: task.pass, times: 1 };
    const batched = row.method === 'trace-heads' || row.method === 'trace-full';
    const scope = batched ? 'layer' : 'head';
    const heads = batched ? this.#inScope('layer')[0]!.q.length : 1;
    return { pass: this.#pass(row, scope), times: task.heads / heads };
  }

  bytesOf(task: Task): number {
    const { method, scope } = task.row;
    return passBytes(method, scope, this.#inScope(scope), this.head);
  }
}

/** Estimates a pass from its smallest unit. */
export async function probeRow(run: BenchmarkRun, task: Task): Promise<void> {
  const { pass, times } = run.smallest(task);
  let probe = await timePasses(pass, 1);
  if (probe.wallMs < COLD_MS) probe = await timePasses(pass, 1);
  task.passMs = probe.wallMs * times;
}

/** Expected wall time of a run. */
export function roughMs({ passMs }: Pick<Task, 'passMs'>, targetMs: number): number {
  return Math.max(passMs, targetMs * MARGIN);
}

/**
 * Finds the loops of a run, and the clock: the engine's own where it has one by which a run can take long enough.
 * @returns the scores of one pass. @throws QKError by a clock that stands still.
 */
export async function warmUpRow(run: BenchmarkRun, task: Task): Promise<readonly HeadScores[]> {
  const aim = run.targetMs * MARGIN;
  task.bytes = run.bytesOf(task);
  let loops = task.passMs > 0 ? Math.ceil(aim / task.passMs) : 1;
  // A short run must last twice: compilers go on improving while it is sized.
  for (let lasted = 0; ; ) {
    const times = await timePasses(task.pass, loops);
    const { deviceClock } = task.row.engine.describe();
    const isDeviceTime = times.deviceMs !== undefined && deviceClock !== undefined;
    const ms = isDeviceTime ? times.deviceMs : times.wallMs;
    if (ms >= aim || times.wallMs >= WALL_BOUND * run.targetMs || loops >= LOOPS_AT_MOST) {
      if (++lasted < 2 && times.wallMs < COLD_MS && loops < LOOPS_AT_MOST) continue;
      if (times.wallMs < run.targetMs && ms < run.targetMs) throw tooShort(run.targetMs);
      task.clock = isDeviceTime && ms >= run.targetMs ? deviceClock : 'wall';
      task.loops = loops;
      task.calls = times.calls;
      task.runMs = times.wallMs;
      return times.scores;
    }
    loops = moreLoops(loops, ms, aim);
  }
}

/**
 * Takes one timed run and appends it. A run that turns out too short for the clock isn't: it is taken again with
 * more loops, which the runs after it keep.
 */
export async function takeRun(run: BenchmarkRun, task: Task): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const times: PassTimes = await timePasses(task.pass, task.loops);
    const ms = task.clock === 'wall' ? times.wallMs : times.deviceMs;
    if (ms === undefined)
      throw new QKError('engine-failed', 'The engine’s own clock gave no time this once.');
    task.runMs = times.wallMs;
    if (ms >= run.targetMs) {
      task.runsMs.push(ms);
      task.runLoops.push(task.loops);
      return;
    }
    task.loops = moreLoops(task.loops, ms, run.targetMs * MARGIN);
  }
  throw tooShort(run.targetMs);
}

function moreLoops(loops: number, ms: number, aim: number): number {
  return Math.min(LOOPS_AT_MOST, Math.ceil(loops * Math.min(10, Math.max(1.5, (1.1 * aim) / ms))));
}

function tooShort(targetMs: number): QKError {
  return new QKError(
    'engine-failed',
    `Its runs don’t reach ${Math.round(targetMs)} ms by the clock, however many passes they have.`,
    { hint: 'Close what else keeps the machine busy, and time it again.' },
  );
}

export function rowOf(task: Task): BenchmarkRow {
  const { engine, method, scope } = task.row;
  return {
    engine: engine.id,
    threads: engine.describe().threads,
    method,
    scope,
    region: task.pass.region,
    heads: task.heads,
    loops: task.loops,
    ...(task.runLoops.some((loops) => loops !== task.loops) ? { runLoops: [...task.runLoops] } : {}),
    calls: task.calls,
    runsMs: [...task.runsMs],
    clock: task.clock,
    flops: task.flops,
    bytes: task.bytes,
    maxAbsDeltaR: task.maxAbsDeltaR,
  };
}
