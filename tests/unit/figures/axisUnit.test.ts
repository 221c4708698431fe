import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisUnit, decadeTexts } from '../../../src/figures/axisUnit.ts';

describe('axisUnit', () => {
  it('leaves common sizes as they are, and states a power of ten for others', () => {
    expect([0, 0.05, 3, 99_999].map((largest) => axisUnit(largest).suffix)).toEqual(['', '', '', '']);
    expect([2e-9, 3e12].map((largest) => axisUnit(largest).suffix)).toEqual([', × 10⁻⁹', ', × 10¹²']);
    expect(axisUnit(2e-9).of(-1.5e-9)).toBeCloseTo(-1.5, 12);
    expect(axisUnit(4e-320).of(2e-320)).toBeCloseTo(2, 3);
  });

  it('brings the largest to between 0.01 and 100,000, and keeps ratios', () => {
    const sizes = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    fc.assert(
      fc.property(sizes, (largest) => {
        const { of } = axisUnit(largest);
        expect(of(largest)).toBeGreaterThanOrEqual(0.0099);
        expect(of(largest)).toBeLessThan(100_001);
        expect(of(-largest)).toBe(-of(largest));
        expect(of(0)).toBe(0);
      }),
    );
  });
});

describe('decadeTexts', () => {
  it('writes all of an axis in one manner', () => {
    expect(decadeTexts([-2, -1, 0, 1])).toEqual(['0.01', '0.1', '1', '10']);
    expect(decadeTexts([-4, -2, 0])).toEqual(['10⁻⁴', '10⁻²', '10⁰']);
  });
});
