import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancelledNotes } from '../../../../src/core/benchmark/benchmarkNotes.ts';
import { crossing, fitPowerLaw } from '../../../../src/core/benchmark/powerLaw.ts';
import { ladderPoints, runSweep, type SweepEvent } from '../../../../src/core/benchmark/runSweep.ts';
import {
  flopsRatio,
  type SweepReport,
  sweepCrossing,
  sweepRatios,
  sweepSeries,
} from '../../../../src/core/benchmark/sweepReport.ts';
import { crossingText } from '../../../../src/core/benchmark/sweepText.ts';
import { FIGURE_THEMES } from '../../../../src/figures/palette.ts';
import { sceneToSvg } from '../../../../src/figures/sceneToSvg.ts';
import { sweepScene } from '../../../../src/figures/sweepScene.ts';
import { setUp } from '../../../support/benchmark.ts';
import type { FakeOptions } from '../../../support/fakeEngine.ts';
import { gaussian } from '../../../support/random.ts';
import { expectGolden } from '../../figures/golden.ts';

const POINTS = ladderPoints('quick');

/** An engine whose norm takes d² dh and whose trace takes d dh², in 10⁻⁶ and 10⁻⁵ ms. */
function lawful(slowed = 1, signal?: AbortSignal, onCall?: FakeOptions['onCall']) {
  let size = { dModel: 0, dHead: 0 };
  const { deps, fakes } = setUp([
    {
      cost: (call) =>
        call.kernel === 'norm'
          ? 1e-6 * size.dModel ** 2 * size.dHead
          : slowed * 1e-5 * size.dModel * size.dHead ** 2,
      ...(onCall === undefined ? {} : { onCall }),
    },
  ]);
  const { engine } = fakes[0]!;
  const asked = {
    ...engine,
    run: (...args: Parameters<typeof engine.run>) => {
      size = args[0].layers[0]!;
      return engine.run(...args);
    },
  };
  return { engine: asked, deps: { ...deps, signal } };
}

async function sweep(...args: Parameters<typeof lawful>) {
  const { engine, deps } = lawful(...args);
  const events: SweepEvent[] = [];
  for await (const event of runSweep({ points: POINTS }, engine, deps)) events.push(event);
  return events.findLast((event) => event.type === 'sweep-done')!;
}

describe('the sweep', () => {
  test('finds an engine’s exponents, with every figure as its runs have it', async () => {
    const { report, cancelled } = await sweep();
    expect(cancelled).toBe(false);
    expect(report.leftOut).toEqual([]);
    expect(report.rows).toHaveLength(2 * POINTS.length);
    for (const { row } of report.rows) expect(row.runsMs).toHaveLength(7);
    // Nothing is lost in JSON.
    const again = JSON.parse(JSON.stringify(report)) as SweepReport;
    expect(sweepSeries(again)).toHaveLength(4);
    for (const { fit, expected, points } of sweepSeries(again)) {
      expect(points).toHaveLength(4);
      expect(fit!.exponent).toBeCloseTo(expected, 2);
      expect(fit!.rSquared).toBeGreaterThan(0.999);
    }
    expect(sweepRatios(again)).toHaveLength(POINTS.length);
    for (const { dModel, dHead, measured, predicted } of sweepRatios(again)) {
      expect(measured / ((0.1 * dModel) / dHead)).toBeCloseTo(1, 1);
      expect(predicted).toBe(flopsRatio(dModel, dHead));
    }
    // 10⁻⁶ d² dh = 10⁻⁵ d dh² where dh = d / 10.
    expect(sweepCrossing(again)!.measured! / 51.2).toBeCloseTo(1, 1);
  });

  test('shows a method that is slowed by three to be three times slower', async () => {
    const [plain, slowed] = [await sweep(), await sweep(3)];
    expect(sweepRatios(plain.report)).toHaveLength(POINTS.length);
    for (const [at, { measured }] of sweepRatios(plain.report).entries())
      expect(measured / sweepRatios(slowed.report)[at]!.measured).toBeCloseTo(3, 1);
  });

  test('leaves out by name points that would take too long, and times the others', async () => {
    const { report } = await sweep(3e5);
    expect(report.leftOut.length).toBeGreaterThan(0);
    for (const { method, reason } of report.leftOut) {
      expect(method).toBe('trace');
      expect(reason).toMatch(/would take about \d+ s/);
    }
    expect(report.rows.filter(({ row }) => row.method === 'norm')).toHaveLength(POINTS.length);
  });

  test('leaves out by name a point that fails in a later round', async () => {
    const report = await failingLate();
    expect(report.leftOut).toHaveLength(1);
    const [{ method, axis, dModel, dHead, reason }] = report.leftOut as [SweepReport['leftOut'][number]];
    expect(reason).toContain('lost');
    const isIt = (one: SweepReport['rows'][number]) =>
      one.row.method === method && one.axis === axis && one.dModel === dModel && one.dHead === dHead;
    expect(report.rows.some(isIt)).toBe(false);
    expect(report.rows).toHaveLength(2 * POINTS.length - 1);
  });

  test('keeps the runs that were taken when it is cancelled', async () => {
    const controller = new AbortController();
    const { engine, deps } = lawful(1, controller.signal);
    let last: SweepEvent | undefined;
    for await (const event of runSweep({ points: POINTS }, engine, deps)) {
      if (event.type === 'progress' && event.done > 50) controller.abort();
      last = event;
    }
    if (last?.type !== 'sweep-done') throw new Error('no report');
    expect(last.cancelled).toBe(true);
    expect(last.report.cancelled).toBe(true);
    const rows = last.report.rows.map(({ row }) => row);
    expect(cancelledNotes(last.report, rows)).toEqual([expect.stringMatching(/^Cancelled: fewer runs/)]);
    expect(cancelledNotes({ ...last.report, rows: [] } as SweepReport, [])).toEqual([
      'Cancelled before the first run.',
    ]);
    expect(last.report.rows.length).toBeGreaterThan(0);
    expect(last.report.rows.every(({ row }) => row.runsMs.length < 7)).toBe(true);
  });

  test.each([
    ['sweep', 900],
    ['sweep-narrow', 360],
  ])('draws its figure %s', async (name, width) => {
    const { report } = await sweep();
    expectGolden(name, sceneToSvg(sweepScene(report, { theme: FIGURE_THEMES.light, width })));
  });
});

/** A head of the rows that these laws give over dh at d = 512; `noise` bends them. */
function reportOf(
  norm: readonly [exponent: number, factor: number],
  trace: readonly [number, number],
  noise = 0,
) {
  const rows = [8, 16, 32, 64].flatMap((dHead, at) =>
    (
      [
        ['norm', norm],
        ['trace', trace],
      ] as const
    ).map(([method, [exponent, factor]]) => ({
      axis: 'dh' as const,
      dModel: 512,
      dHead,
      row: {
        method,
        runsMs: [factor * dHead ** exponent * (1 + noise * (at % 2))],
        loops: 1,
      } as unknown as SweepReport['rows'][number]['row'],
    })),
  );
  return { rows };
}

describe('the sentence on where the methods cross', () => {
  test('calls norm faster beyond a crossing within the sizes where trace is steeper', () => {
    const report = reportOf([1, 30], [2, 1]);
    expect(sweepCrossing(report)).toMatchObject({
      measured: expect.closeTo(30, 6),
      isExtrapolated: false,
      fasterBeyond: 'norm',
    });
    expect(crossingText(report)).toMatch(
      /meet at dh ≈ 30\.0\. By their exponents norm is the faster one at larger dh\.$/,
    );
  });

  test('names no point outside the sizes', () => {
    for (const report of [reportOf([1, 300], [2, 1]), reportOf([1, 3], [2, 1])]) {
      expect(sweepCrossing(report)!.isExtrapolated).toBe(true);
      expect(crossingText(report)).toMatch(/don’t meet within the sizes that were timed\.$/);
    }
  });

  test('doesn’t call norm faster beyond where norm is steeper', () => {
    const text = crossingText(reportOf([2, 1], [1, 30]))!;
    expect(text).toContain('By their exponents trace is the faster one at larger dh.');
  });

  test('says nothing of exponents within their errors or of parallel lines', () => {
    expect(crossingText(reportOf([1, 30], [1.05, 26], 0.4))).toMatch(
      /too close to say which method is faster/,
    );
    expect(crossingText(reportOf([1, 30], [1, 26]))).toMatch(/don’t meet/);
    expect(crossingText({ rows: [] })).toBeNull();
  });
});

/** A sweep during whose fourth round one call fails. */
async function failingLate(): Promise<SweepReport> {
  const controller = { isOn: false, isDone: false };
  const { engine, deps } = lawful(1, undefined, () => {
    if (!controller.isOn || controller.isDone) return;
    controller.isDone = true;
    throw new Error('lost');
  });
  let report: SweepReport | undefined;
  for await (const event of runSweep({ points: POINTS }, engine, deps)) {
    if (event.type === 'progress' && event.done > 2 * 2 * POINTS.length + 50) controller.isOn = true;
    if (event.type === 'sweep-done') report = event.report;
  }
  return report!;
}

describe('power laws', () => {
  test('have an exponent within its error for noisy points', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.nat(),
        (exponent, factor, seed) => {
          const noise = gaussian(seed);
          const xs = Array.from({ length: 40 }, (_, at) => 2 ** (at / 4));
          const fit = fitPowerLaw(
            xs.map((x) => [x, factor * x ** exponent * Math.exp(0.05 * noise())] as const),
          )!;
          // 38 degrees of freedom: eight standard errors are a matter of one in a thousand million.
          expect(Math.abs(fit.exponent - exponent)).toBeLessThan(8 * fit.standardError);
          expect(fit.standardError).toBeGreaterThan(0.05 * 0.03);
          expect(fit.standardError).toBeLessThan(0.05 * 0.2);
        },
      ),
      // 6.3 standard errors off.
      { examples: [[0, 0.000001, 212320073]] },
    );
  });

  test('are null for too few points', () => {
    expect(fitPowerLaw([[3, 4]])).toBeNull();
    expect(
      fitPowerLaw([
        [3, 4],
        [3, 5],
      ]),
    ).toBeNull();
  });

  test('have no error for two points', () => {
    const two = fitPowerLaw([
      [1, 2],
      [10, 200],
    ])!;
    expect(two.exponent).toBeCloseTo(2, 12);
    expect(two.standardError).toBeNaN();
  });

  const law = (exponent: number, factor: number) => ({
    exponent,
    factor,
    standardError: 0,
    rSquared: 1,
    points: 2,
  });

  test('cross where both give the same value', () => {
    expect(crossing(law(1, 8), law(2, 2))).toBeCloseTo(4, 12);
  });

  test('never cross where they are parallel', () => {
    expect(crossing(law(1, 8), law(1, 2))).toBeNull();
  });
});
