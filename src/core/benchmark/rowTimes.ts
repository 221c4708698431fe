// Computes the statistics of a row's times, and speed-ups.
import { mean, median, quantile, sampleSd } from '../linalg/statistics.ts';
import { type BenchmarkRow, rowEngine, type ScopeName } from '../result/index.ts';

/** The times of a row, ms. A call is one pass over the scope. Per head and the rates are of the median. */
export interface RowTimes {
  readonly mean: number;
  readonly sd: number;
  readonly median: number;
  /** Time of a call in the fastest run. */
  readonly min: number;
  readonly q1: number;
  readonly q3: number;
  readonly perHead: number;
  readonly perHeadQ1: number;
  readonly perHeadQ3: number;
  /** 10⁹ floating-point operations a second, by the formula's count. */
  readonly gflops: number;
  /** 10⁹ bytes of weights a second, by the formula's count. */
  readonly gbytes: number;
}

/** Returns each run's time of one call, ms. */
export function callsMs({ runsMs, runLoops, loops }: BenchmarkRow): number[] {
  return runsMs.map((ms, run) => ms / (runLoops?.[run] ?? loops));
}

export function rowTimes(row: BenchmarkRow): RowTimes {
  const calls = callsMs(row);
  const middle = median(calls);
  const [q1, q3] = [quantile(calls, 0.25), quantile(calls, 0.75)];
  return {
    mean: mean(calls),
    sd: sampleSd(calls),
    median: middle,
    min: Math.min(...calls),
    q1,
    q3,
    perHead: middle / row.heads,
    perHeadQ1: q1 / row.heads,
    perHeadQ3: q3 / row.heads,
    gflops: row.flops / middle / 1e6,
    gbytes: row.bytes / middle / 1e6,
  };
}

export interface SpeedUp {
  /** norm per head ÷ this method's time per head, on the same engine, region and clock. */
  readonly value: number;
  /** The scope whose norm was taken: the row's own where it was timed. */
  readonly against: ScopeName;
}

/**
 * Returns one speed-up per row, in the rows' order; null where the engine's norm wasn't timed over the same region
 * by the same clock.
 */
export function speedUps(rows: readonly BenchmarkRow[]): (SpeedUp | null)[] {
  return rows.map((row) => {
    const norms = rows.filter(
      (other) =>
        other.method === 'norm' &&
        rowEngine(other) === rowEngine(row) &&
        other.region === row.region &&
        other.clock === row.clock,
    );
    const norm = norms.find((other) => other.scope === row.scope) ?? norms[0];
    return norm ? { value: rowTimes(norm).perHead / rowTimes(row).perHead, against: norm.scope } : null;
  });
}
