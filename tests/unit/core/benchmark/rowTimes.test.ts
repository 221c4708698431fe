import { describe, expect, it } from 'vitest';
import { describeClock, measureClockStep } from '../../../../src/core/benchmark/clock.ts';
import { callsMs, rowTimes, speedUps } from '../../../../src/core/benchmark/rowTimes.ts';
import { mean, median, quantile, sampleSd } from '../../../../src/core/linalg/statistics.ts';
import type { BenchmarkRow } from '../../../../src/core/result/benchmarkReport.ts';

const ROW: BenchmarkRow = {
  engine: 'wasm',
  method: 'norm',
  scope: 'layer',
  region: 'kernel',
  heads: 4,
  loops: 10,
  calls: 4,
  runsMs: [20, 40, 30, 60, 50, 70, 80],
  clock: 'wall',
  flops: 1e9,
  bytes: 1e6,
  maxAbsDeltaR: 0,
};

describe('statistics', () => {
  it('compute mean, sample sd, median and quartiles', () => {
    const values = [4, 1, 3, 2];
    expect(mean(values)).toBe(2.5);
    expect(sampleSd(values)).toBeCloseTo(Math.sqrt(5 / 3), 14);
    expect(sampleSd([3])).toBe(0);
    expect(median(values)).toBe(2.5);
    expect([0, 0.25, 0.75, 1].map((p) => quantile(values, p))).toEqual([1, 1.75, 3.25, 4]);
  });

  it('divide by loops, then by heads', () => {
    expect(rowTimes(ROW)).toEqual({
      mean: 5,
      sd: expect.closeTo(2.160246899469287, 12),
      median: 5,
      min: 2,
      q1: 3.5,
      q3: 6.5,
      perHead: 1.25,
      perHeadQ1: 0.875,
      perHeadQ3: 1.625,
      gflops: 200,
      gbytes: 0.2,
    });
  });

  it('divide each run by its own loops where they differ', () => {
    const row = { ...ROW, runsMs: [20, 40, 60], runLoops: [10, 20, 10], loops: 10 };
    expect(callsMs(row)).toEqual([2, 2, 6]);
    expect(rowTimes(row)).toMatchObject({ median: 2, q1: 2, q3: 4, mean: expect.closeTo(10 / 3, 12) });
  });

  it('compare with norm on the same engine, region and clock, and on the same scope where there is one', () => {
    const rows: BenchmarkRow[] = [
      ROW,
      { ...ROW, method: 'trace-heads', runsMs: [10] },
      { ...ROW, method: 'trace-full', scope: 'all', heads: 8, runsMs: [10] },
      { ...ROW, method: 'trace-heads', region: 'upload + kernel' },
      { ...ROW, method: 'trace-heads', clock: 'gpu' },
      { ...ROW, method: 'trace-heads', engine: 'webgpu' },
    ];
    expect(speedUps(rows)).toEqual([
      { value: 1, against: 'layer' },
      { value: 5, against: 'layer' },
      { value: 10, against: 'layer' },
      null,
      null,
      null,
    ]);
  });
});

describe('the clock', () => {
  it('is measured by its smallest step', () => {
    let reads = 0;
    // Steps of 0.1, every third one a double step.
    const now = () => {
      const steps = Math.floor(reads++ / 50);
      return 0.1 * (steps + Math.floor(steps / 3));
    };
    expect(measureClockStep(now)).toBeCloseTo(0.1, 10);
  });

  it.each([
    [0.005, 'performance.now(), 5 µs steps'],
    [0.1, 'performance.now(), 100 µs steps'],
    [0.0049999, 'performance.now(), 5 µs steps'],
    [16.7, 'performance.now(), 17 ms steps'],
    [0, 'performance.now(), steps not seen'],
  ])('%f ms reads %s', (step, text) => {
    expect(describeClock(step)).toBe(text);
  });
});
