import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  colourDomain,
  type DomainOptions,
  domainModes,
  positionIn,
  valueAtPosition,
} from '../../../src/figures/colourDomain.ts';
import { type MetricId, metricFor } from '../../../src/figures/metric.ts';

const score = fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null });
const domainOf = (
  values: readonly (number | null)[],
  id: MetricId = 's',
  options: DomainOptions = { mode: 'auto' },
) => colourDomain(values, metricFor(id), options);

describe('colourDomain', () => {
  it.each([
    [[], 0.05],
    [[null, Number.NaN], 0.05],
    [[0.001, -0.002], 0.05],
    [[0.3], 0.3],
    [[0.31], 0.4],
    [[-0.62], 0.8],
    [[0.11], 0.15],
    [[0.99], 1],
    [[1], 1],
  ])('takes a nice end for %j: %d', (scores, limit) => {
    expect(domainOf(scores)).toMatchObject({ low: -limit, high: limit });
  });

  it('is not set by one outlier of a hundred', () => {
    const scores = [...Array.from({ length: 99 }, () => 0.1), -0.9];
    expect(domainOf(scores)).toMatchObject({ low: -0.1, high: 0.1, below: 1, above: 0 });
  });

  it('is the whole range when fixed', () => {
    expect(domainOf([0.1, -1, 1], 's', { mode: 'fixed' })).toEqual({
      mode: 'fixed',
      kind: 'diverging',
      low: -1,
      high: 1,
      isLog: false,
      below: 0,
      above: 0,
    });
  });

  it('contains 98 of 100 values, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 300 }), (scores) => {
        const { high, below, above } = domainOf(scores);
        const known = scores.filter((s) => s !== null).length;
        expect(high).toBeGreaterThanOrEqual(0.05);
        expect(high).toBeLessThanOrEqual(1);
        expect(below + above).toBeLessThanOrEqual(Math.ceil(known * 0.02));
      }),
    );
  });

  it('gives positive and negative heads one scale, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 100 }), (scores) => {
        const turned = scores.map((s) => (s === null ? s : -s)).reverse();
        const [a, b] = [domainOf(scores), domainOf(turned)];
        expect([b.high, b.below, b.above]).toEqual([a.high, a.above, a.below]);
      }),
    );
  });

  it('gives r and s of the same heads the same place on the scale, in every mode', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom('auto' as const, 'fixed' as const, 'z' as const),
        (scores, mode) => {
          const s = domainOf(scores, 's', { mode, dModel: 64 });
          const ratios = scores.map((each) => (1 + each) / 2);
          const r = domainOf(ratios, 'r', { mode, dModel: 64 });
          scores.forEach((each, index) => {
            expect(positionIn(r, ratios[index]!)).toBeCloseTo(positionIn(s, each), 9);
          });
        },
      ),
    );
  });

  it('spans ten standard deviations of random orientations to either side on the z scale', () => {
    const d = 50;
    const { low, high } = domainOf([0.3], 's', { mode: 'z', dModel: d });
    expect([(low - 1 / d) / (Math.SQRT2 / d), (high - 1 / d) / (Math.SQRT2 / d)]).toEqual([
      expect.closeTo(-10, 9),
      expect.closeTo(10, 9),
    ]);
  });

  it('opens z between the same ends for every model, and spans its values when asked', () => {
    for (const values of [[3, 12], [0.1], [-380, 12]])
      expect(domainOf(values, 'z')).toMatchObject({ mode: 'auto', low: -5, high: 5 });
    expect(domainOf([3, 12], 'z')).toMatchObject({ below: 0, above: 1 });
    expect(domainOf([3, 380], 'z', { mode: 'fixed' })).toMatchObject({ mode: 'fixed', low: -400, high: 400 });
  });

  it('shows the user’s own scores on a linear scale unless a log scale is asked for', () => {
    const scores = [0.03, 0.1, 0.4, 0.8];
    expect(domainOf(scores, 'own:induction')).toMatchObject({ low: 0, high: 0.8, isLog: false });
    expect(domainOf(scores, 'own:induction', { mode: 'log' })).toMatchObject({ mode: 'log', isLog: true });
    expect(domainOf([...scores, 0], 'own:induction', { mode: 'log' }).isLog).toBe(false);
    expect(domainModes(metricFor('norm'), 64)).not.toContain('log');
  });

  it('has no z scale for models that differ in d, and no fixed scale without bounds', () => {
    expect(domainModes(metricFor('s'))).toEqual(['auto', 'fixed', 'locked']);
    expect(domainModes(metricFor('z'))).toEqual(['auto', 'fixed', 'locked']);
    expect(domainModes(metricFor('norm'), 64)).toEqual(['auto', 'locked']);
    expect(domainOf([0.3], 's', { mode: 'z' }).mode).toBe('auto');
  });

  it('keeps the ends that were locked, and counts what lies beyond them', () => {
    const locked = domainOf([0.1]);
    expect(domainOf([0.5, -0.05, 0.9], 's', { mode: 'locked', locked })).toMatchObject({
      mode: 'locked',
      low: -0.1,
      high: 0.1,
      below: 0,
      above: 2,
    });
    expect(domainOf([0.5], 's', { mode: 'locked' })).toMatchObject({ mode: 'auto', high: 0.5 });
  });

  it.each([
    [[2, 3, 4], { low: 0, high: 4, isLog: false }],
    [[0.0123, 0.5, 3], { low: 0.03, high: 3, isLog: true }],
    [[0, 0.5, 300], { low: 0, high: 300, isLog: false }],
    [[1.2e-9, 4e-8], { isLog: true }],
    [[], { low: 0, high: 1, isLog: false }],
  ])('shows norms %j from small to large, on a log scale where they differ much', (values, ends) => {
    expect(domainOf(values, 'norm')).toMatchObject({ kind: 'sequential', ...ends });
  });

  it('shows a user’s scores on a scale that diverges about 0 if any is negative', () => {
    expect(domainOf([1, 2, 3], 'own:a')).toMatchObject({ kind: 'sequential', low: 0, high: 3 });
    expect(domainOf([-1, 2, 3], 'own:a')).toMatchObject({ kind: 'diverging', low: -3, high: 3 });
    expect(domainOf([0, 0], 'own:a')).toMatchObject({ low: 0, high: 1 });
  });

  it('converts values to positions and back on both kinds of scale', () => {
    for (const isLog of [false, true])
      for (const position of [0, 0.2, 0.5, 1]) {
        const ends = { kind: 'sequential', low: 0.2, high: 50, isLog } as const;
        expect(positionIn(ends, valueAtPosition(ends, position))).toBeCloseTo(position, 12);
      }
  });
});
