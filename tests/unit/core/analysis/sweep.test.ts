import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossing, fitPowerLaw } from '../../../../src/core/analysis/powerLaw.ts';
import { ladderPoints, runSweep, type SweepEvent } from '../../../../src/core/analysis/sweep.ts';
import {
  flopsRatio,
  type SweepReport,
  sweepCrossing,
  sweepRatios,
  sweepSeries,
} from '../../../../src/core/analysis/sweepReport.ts';
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
  test('finds the exponents of an engine that has them, and every figure follows from its runs', async () => {
    const { report, cancelled } = await sweep();
    expect(cancelled).toBe(false);
    expect(report.leftOut).toEqual([]);
    expect(report.rows).toHaveLength(2 * POINTS.length);
    for (const { row } of report.rows) expect(row.runsMs).toHaveLength(7);
    // Nothing is lost in JSON.
    const again = JSON.parse(JSON.stringify(report)) as SweepReport;
    for (const { fit, expected, points } of sweepSeries(again)) {
      expect(points).toHaveLength(4);
      expect(fit!.exponent).toBeCloseTo(expected, 2);
      expect(fit!.rSquared).toBeGreaterThan(0.999);
    }
    for (const { dModel, dHead, measured, predicted } of sweepRatios(again)) {
      expect(measured / ((0.1 * dModel) / dHead)).toBeCloseTo(1, 1);
      expect(predicted).toBe(flopsRatio(dModel, dHead));
    }
    // 10⁻⁶ d² dh = 10⁻⁵ d dh² where dh = d / 10.
    expect(sweepCrossing(again)!.measured! / 51.2).toBeCloseTo(1, 1);
  });

  test('a method that is slowed by three comes out three times slower', async () => {
    const [plain, slowed] = [await sweep(), await sweep(3)];
    for (const [at, { measured }] of sweepRatios(plain.report).entries())
      expect(measured / sweepRatios(slowed.report)[at]!.measured).toBeCloseTo(3, 1);
  });

  test('points that would take too long are left out by name; the others are timed', async () => {
    const { report } = await sweep(3e5);
    expect(report.leftOut.length).toBeGreaterThan(0);
    for (const { method, reason } of report.leftOut) {
      expect(method).toBe('trace');
      expect(reason).toMatch(/would take about \d+ s/);
    }
    expect(report.rows.filter(({ row }) => row.method === 'norm')).toHaveLength(POINTS.length);
  });

  test('a cancellation keeps the runs that were taken', async () => {
    const controller = new AbortController();
    const { engine, deps } = lawful(1, controller.signal);
    let last: SweepEvent | undefined;
    for await (const event of runSweep({ points: POINTS }, engine, deps)) {
      if (event.type === 'progress' && event.done > 50) controller.abort();
      last = event;
    }
    if (last?.type !== 'sweep-done') throw new Error('no report');
    expect(last.cancelled).toBe(true);
    expect(last.report.rows.length).toBeGreaterThan(0);
    expect(last.report.rows.every(({ row }) => row.runsMs.length < 7)).toBe(true);
  });

  test.each([
    ['sweep', 900],
    ['sweep-narrow', 360],
  ])('its figure, %s', async (name, width) => {
    const { report } = await sweep();
    expectGolden(name, sceneToSvg(sweepScene(report, { theme: FIGURE_THEMES.light, width })));
  });
});

describe('power laws', () => {
  test('the exponent of noisy points lies within its error', () => {
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
          // 38 degrees of freedom: five standard errors are a matter of one in 100,000.
          expect(Math.abs(fit.exponent - exponent)).toBeLessThan(5.5 * fit.standardError);
          expect(fit.standardError).toBeGreaterThan(0.05 * 0.03);
          expect(fit.standardError).toBeLessThan(0.05 * 0.2);
        },
      ),
    );
  });

  test('too few points give none; two give no error', () => {
    expect(fitPowerLaw([[3, 4]])).toBeNull();
    expect(
      fitPowerLaw([
        [3, 4],
        [3, 5],
      ]),
    ).toBeNull();
    const two = fitPowerLaw([
      [1, 2],
      [10, 200],
    ])!;
    expect(two.exponent).toBeCloseTo(2, 12);
    expect(two.standardError).toBeNaN();
  });

  test('lines cross where both give the same; lines side by side nowhere', () => {
    const law = (exponent: number, factor: number) => ({
      exponent,
      factor,
      standardError: 0,
      rSquared: 1,
      points: 2,
    });
    expect(crossing(law(1, 8), law(2, 2))).toBeCloseTo(4, 12);
    expect(crossing(law(1, 8), law(1, 2))).toBeNull();
  });
});
