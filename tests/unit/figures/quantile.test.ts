import { quantile } from 'd3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOf } from '../../../src/figures/quantile.ts';

describe('quantileOf', () => {
  it('is the value itself, the middle, and nothing of nothing', () => {
    expect(quantileOf(Float64Array.of(3), 0.98)).toBe(3);
    expect(quantileOf(Float64Array.of(1, 2, 4), 0.25)).toBe(1.5);
    expect(quantileOf(Float64Array.of(), 0.5)).toBeUndefined();
  });

  it("agrees with d3's", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 80 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p) => {
          expect(quantileOf(Float64Array.from(values).sort(), p)).toBeCloseTo(quantile(values, p)!, 6);
        },
      ),
    );
  });
});
