import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourDomain } from '../../../src/figures/colourDomain.ts';

const score = fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null });

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
    expect(colourDomain(scores, 'auto').limit).toBe(limit);
  });

  it('is not led by one outlier of a hundred', () => {
    const scores = [...Array.from({ length: 99 }, () => 0.1), -0.9];
    expect(colourDomain(scores, 'auto')).toMatchObject({ limit: 0.1, below: 1, above: 0 });
  });

  it('is the whole range when fixed', () => {
    expect(colourDomain([0.1, -1, 1], 'fixed')).toEqual({ mode: 'fixed', limit: 1, below: 0, above: 0 });
  });

  it('holds 98 of 100 values, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 300 }), (scores) => {
        const { limit, below, above } = colourDomain(scores, 'auto');
        const known = scores.filter((s) => s !== null).length;
        expect(limit).toBeGreaterThanOrEqual(0.05);
        expect(limit).toBeLessThanOrEqual(1);
        expect(below + above).toBeLessThanOrEqual(Math.ceil(known * 0.02));
      }),
    );
  });

  it("doesn't care for order or sign: positive and negative heads share one scale", () => {
    fc.assert(
      fc.property(fc.array(score, { maxLength: 100 }), (scores) => {
        const turned = scores.map((s) => (s === null ? s : -s)).reverse();
        const [a, b] = [colourDomain(scores, 'auto'), colourDomain(turned, 'auto')];
        expect([b.limit, b.below, b.above]).toEqual([a.limit, a.above, a.below]);
      }),
    );
  });
});
