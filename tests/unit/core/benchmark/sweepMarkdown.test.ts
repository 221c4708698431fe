import { describe, expect, it } from 'vitest';
import { ladderPoints, runSweep } from '../../../../src/core/benchmark/runSweep.ts';
import { sweepToMarkdown } from '../../../../src/core/benchmark/sweepMarkdown.ts';
import { type SweepReport, sweepRatios } from '../../../../src/core/benchmark/sweepReport.ts';
import { repeatTexts } from '../../../../src/core/benchmark/sweepText.ts';
import { setUp } from '../../../support/benchmark.ts';
import { mulberry32 } from '../../../support/random.ts';
import { expectShown, numberOf, quartile } from '../../../support/shownNumbers.ts';

/** A sweep on an engine of norm ∝ d² dh and trace ∝ d dh², each call up to a fifth off. */
async function noisySweep(seed: number): Promise<SweepReport> {
  const jitter = mulberry32(seed);
  let size = { dModel: 0, dHead: 0 };
  const { deps, fakes } = setUp([
    {
      cost: (call) =>
        (0.8 + 0.4 * jitter()) *
        (call.kernel === 'norm'
          ? 1e-5 * size.dModel ** 2 * size.dHead
          : 1e-4 * size.dModel * size.dHead ** 2),
    },
  ]);
  const { engine } = fakes[0]!;
  const asked: typeof engine = {
    ...engine,
    run: (handle, ...rest) => {
      size = handle.layers[0]!;
      return engine.run(handle, ...rest);
    },
  };
  const environment = {
    crossOriginIsolated: true,
    app: { version: '0.1.0' },
    cores: 4,
    where: { runtime: 'browser', name: 'Chrome 141, Windows' },
  } as const;
  for await (const event of runSweep({ points: ladderPoints('quick') }, asked, { ...deps, environment }))
    if (event.type === 'sweep-done') return JSON.parse(JSON.stringify(event.report)) as SweepReport;
  throw new Error('no report');
}

/** The tables of a Markdown text, cell by cell, without their heads. */
function tablesOf(text: string): string[][][] {
  return text
    .split('\n\n')
    .filter((part) => part.startsWith('|'))
    .map((part) =>
      part
        .split('\n')
        .slice(2)
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    );
}

const runsOf = ({ row }: SweepReport['rows'][number]) =>
  row.runsMs.map((ms, run) => ms / (row.runLoops?.[run] ?? row.loops));
const medianOf = (one: SweepReport['rows'][number]) => quartile(runsOf(one), 2);

/** Slope and its standard error by the normal equations: β = (XᵀX)⁻¹ Xᵀy, var β = RSS / (n − 2) · (XᵀX)⁻¹. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]) {
  const n = points.length;
  let [sx, sxx, sy, sxy] = [0, 0, 0, 0];
  for (const [x, y] of points) {
    sx += x;
    sxx += x * x;
    sy += y;
    sxy += x * y;
  }
  const det = n * sxx - sx * sx;
  const [offset, slope] = [(sxx * sy - sx * sxy) / det, (n * sxy - sx * sy) / det];
  const rss = points.reduce((sum, [x, y]) => sum + (y - offset - slope * x) ** 2, 0);
  return { offset, slope, error: Math.sqrt(((rss / (n - 2)) * n) / det) };
}

describe('the sweep as Markdown', () => {
  it('has the exponents, ratios and times that follow from the JSON', async () => {
    const report = await noisySweep(11);
    const text = sweepToMarkdown(report);
    const [exponents, ratios, times] = tablesOf(text) as [string[][], string[][], string[][]];
    const find = (axis: string, d: number, dh: number, method: string) =>
      report.rows.find(
        (one) => one.axis === axis && one.dModel === d && one.dHead === dh && one.row.method === method,
      )!;

    expect(exponents.map((cells) => cells.slice(0, 3))).toEqual([
      ['norm', 'd', '2'],
      ['trace', 'd', '1'],
      ['norm', 'dh', '1'],
      ['trace', 'dh', '2'],
    ]);
    const fits = new Map<string, ReturnType<typeof slopeOf>>();
    for (const [method, axis, , measured, points] of exponents) {
      const rows = report.rows.filter((one) => one.axis === axis && one.row.method === method);
      const fit = slopeOf(
        rows.map((one) => [Math.log(axis === 'd' ? one.dModel : one.dHead), Math.log(medianOf(one))]),
      );
      fits.set(`${method} ${axis}`, fit);
      const [exponent, error] = measured!.split(' ± ');
      const digits = error!.split('.')[1]!.length;
      expect(digits).toBeGreaterThanOrEqual(2);
      expect(exponent).toBe(fit.slope.toFixed(digits));
      expect(error).toBe(fit.error.toFixed(digits));
      expect(Number(error)).toBeGreaterThan(0);
      expect(points).toBe(String(rows.length));
    }

    expect(ratios).toHaveLength(8);
    for (const [axis, d, dh, , measured, spread] of ratios) {
      const [norm, trace] = ['norm', 'trace'].map((method) => find(axis!, Number(d), Number(dh), method));
      expectShown(measured!, medianOf(norm!) / medianOf(trace!));
      const rounds = runsOf(norm!).map((ms, round) => ms / runsOf(trace!)[round]!);
      const [least, most] = spread!.replace('×', '').split('–');
      expectShown(least!, Math.min(...rounds));
      expectShown(most!, Math.max(...rounds));
      expect(rounds).toHaveLength(7);
    }

    expect(times).toHaveLength(report.rows.length);
    for (const [axis, d, dh, method, median, iqr, runs] of times) {
      const row = find(axis!, Number(d), Number(dh), method!);
      expectShown(median!, medianOf(row));
      expectShown(iqr!, quartile(runsOf(row), 3) - quartile(runsOf(row), 1));
      expect(runs).toBe('7');
    }

    // Where the lines meet: exp((a − b) / (slope b − slope a)).
    const [norm, trace] = [fits.get('norm dh')!, fits.get('trace dh')!];
    const meet = Math.exp((norm.offset - trace.offset) / (trace.slope - norm.slope));
    const [, met] = /The measured lines meet at dh ≈ ([\d.]+)\./.exec(text)!;
    expect(met).toMatch(/\d[\d.]*\d/);
    expectShown(met!, meet);
  });

  it('shows the size that was timed twice and how far the two are apart', async () => {
    const report = await noisySweep(12);
    const [sentence, ...others] = repeatTexts(report);
    expect(others).toEqual([]);
    const [, size, ...parts] =
      /^Noise check: (.*) lies on both ladders and was timed twice: norm (.*) and (.*), (.*) % apart; trace (.*) and (.*), (.*) % apart\.$/.exec(
        sentence!,
      )!;
    expect(size).toBe('d 512, dh 32');
    for (const [at, method] of ['norm', 'trace'].entries()) {
      const twice = report.rows
        .filter((one) => one.dModel === 512 && one.dHead === 32 && one.row.method === method)
        .map(medianOf);
      expect(twice).toHaveLength(2);
      expectShown(parts[3 * at]!, twice[0]!);
      expectShown(parts[3 * at + 1]!, twice[1]!);
      expect(Number(parts[3 * at + 2])).toBeGreaterThan(0);
      expectShown(parts[3 * at + 2]!, (100 * (Math.max(...twice) - Math.min(...twice))) / Math.min(...twice));
    }
    expect(sweepToMarkdown(report)).toContain(`- ${sentence}`);
    expect(repeatTexts({ rows: report.rows.filter(({ axis }) => axis === 'd') })).toEqual([]);
  });

  it('has each measured ratio between the rounds’ extremes, whatever the noise', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const ratios = sweepRatios(await noisySweep(seed));
      expect(ratios).toHaveLength(8);
      for (const { min, measured, max } of ratios) {
        expect(min).toBeLessThanOrEqual(measured);
        expect(measured).toBeLessThanOrEqual(max);
        expect(min).toBeLessThan(max);
      }
    }
  });

  it('states time, software, place, cores and weights', async () => {
    const report = await noisySweep(13);
    const text = sweepToMarkdown(report);
    expect(text).toMatch(/^Sweep over d and dh on webgpu\n/);
    expect(text).toContain(
      '- Made: 2026-03-04T05:06:07.890Z; QKScope 0.1.0; Chrome 141, Windows; 4 logical cores.\n- Weights: F32, made up with seed 1.\n- webgpu: fake webgpu\n',
    );
    expect(text).toMatch(/± is the standard error of the slope/);
  });

  it('reads an old report without them', async () => {
    const report = await noisySweep(13);
    const text = sweepToMarkdown(report);
    const { createdAt: _, app: _a, cores: _c, where: _w, dtype: _d, seed: _s, ...old } = report;
    expect(tablesOf(sweepToMarkdown(old))).toEqual(tablesOf(text));
    expect(sweepToMarkdown(old)).not.toMatch(/Made:|Weights:|undefined/);
    expect(numberOf(tablesOf(text)[2]![0]![4]!)).toBeGreaterThan(0);
  });
});
