// The schema of a benchmark's report.
import type { DeviceClock, Method } from '../engines/index.ts';
import type { WireError } from '../errors.ts';

/** What a time covers. `kernel`: the computation only: the weights are already loaded. */
export const TIMED_SPANS = ['kernel', 'upload + kernel', 'end to end'] as const;
export type TimedSpan = (typeof TIMED_SPANS)[number];

export const SCOPE_NAMES = ['head', 'layer', 'all'] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

/** The clock that took a time: the page's, or the engine's device clock. */
export type TimingClock = 'wall' | DeviceClock;

/** Names an engine of a benchmark so that it differs from the others: "wasm, 2 threads". */
export function engineName({
  id,
  threads,
}: {
  readonly id: string;
  readonly threads?: number | undefined;
}): string {
  return threads === undefined || id === 'reference'
    ? id
    : `${id}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** Returns the engineName of the engine that a row timed. */
export function rowEngine({ engine, threads }: Pick<BenchmarkRow, 'engine' | 'threads'>): string {
  return engineName({ id: engine, threads });
}

/** One row of the timing table; every figure shown follows from it (speed-up, per head, rate, mean ± sd, median). */
export interface BenchmarkRow {
  /** An EngineId; a peer's name in a benchmark from the terminal. */
  readonly engine: string;
  /** Where the engine has a choice of threads, how many it had. */
  readonly threads?: number | undefined;
  readonly method: Method;
  readonly scope: ScopeName;
  readonly region: TimedSpan;
  /** Heads in scope: times are compared per head. */
  readonly heads: number;
  /** Passes per run, enough to outlast the clock's resolution. */
  readonly loops: number;
  /** Passes of each run, where some needed more than others to outlast it; `loops` is the last one's then. */
  readonly runLoops?: readonly number[];
  /** Kernel launches per pass; for trace-full the number of chunks. */
  readonly calls: number;
  /**
   * Milliseconds per run, all its passes together, raw, in the order they were taken; fewer than asked for when
   * cancelled.
   */
  readonly runsMs: readonly number[];
  /** The clock that took the times. */
  readonly clock: TimingClock;
  /** Floating-point operations of one pass, by formula (flops.ts). */
  readonly flops: number;
  /** Bytes of weights that one pass reads, by formula (flops.ts). */
  readonly bytes: number;
  /** Largest |r − r64| over the heads in scope, r64 from the float64 engine; null when a head has no value. */
  readonly maxAbsDeltaR: number | null;
}

/** Where a report was made. */
export interface RunsWhere {
  readonly runtime: 'browser' | 'node';
  /** "Chrome 141, Windows", "Node 20.20.2": what it says of itself. */
  readonly name: string;
}

/**
 * Says who made a report, when, and on how large a machine. Reports made before these were written have none of
 * them.
 */
export interface ReportOrigin {
  /** ISO 8601, when the last run was taken. */
  readonly createdAt?: string | undefined;
  readonly app?: { readonly version: string } | undefined;
  /** Logical processors that the browser, or Node, reports. */
  readonly cores?: number | undefined;
  readonly where?: RunsWhere | undefined;
  /** What the weights were given to the engines as: "BF16"; more than one where they differ. */
  readonly dtype?: string | undefined;
  /** Seed of made-up weights: the same shape and seed give the same ones. */
  readonly seed?: number | undefined;
  /** What the page did while this was timed, where it did: "scoring a model". Both slowed each other. */
  readonly disturbed?: string | undefined;
}

/** A row that gave no times, and why. */
export interface BenchmarkFailure {
  /** engineName. */
  readonly engine: string;
  readonly method: Method;
  readonly scope: ScopeName;
  readonly error: WireError;
}

export interface BenchmarkReport extends ReportOrigin {
  /** "performance.now(), 5 µs steps" */
  readonly clock: string;
  /** Smallest step seen of the wall clock, ms; 0 when none was seen. */
  readonly clockStepMs: number;
  readonly crossOriginIsolated: boolean;
  /** Set where the comparison was cancelled: rows have fewer runs than were asked for. */
  readonly cancelled?: true;
  /** engineName → its device. */
  readonly device: Readonly<Record<string, string>>;
  /** What was timed: "google-bert/bert-large-uncased layer 0" or "synthetic 24 × 16, d 1024, dh 64". */
  readonly subject: string;
  /** Made-up weights: no model's, and none of the notebook's. */
  readonly synthetic: boolean;
  readonly shape: {
    readonly layers: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly dModel: number;
    readonly dHead: number;
  };
  /** The layer that the scopes `head` and `layer` ran on, by its number in the model. */
  readonly layer: number;
  /** The head that the scope `head` ran on. */
  readonly head: number;
  readonly rows: readonly BenchmarkRow[];
  readonly failed: readonly BenchmarkFailure[];
}
