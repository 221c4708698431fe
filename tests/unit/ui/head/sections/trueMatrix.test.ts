import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText, trueMatrix } from '../../../../../src/ui/head/sections/trueMatrix.ts';

const momentsOf = (c: readonly number[], exponent: number) => ({
  a: Float64Array.of(1),
  b: Float64Array.of(2),
  c: Float64Array.from(c),
  log2Scale: { a: 0, b: 0, c: exponent },
});

describe('trueMatrix', () => {
  it('multiplies by the power of two without losing a digit', () => {
    const values = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(values, fc.integer({ min: -60, max: 60 }), (c, exponent) => {
        // The smallest doubles have fewer digits to keep.
        fc.pre(c.every((value) => value === 0 || Math.abs(value) > 1e-200));
        const { values: shown, unit } = trueMatrix(momentsOf(c, exponent), 'C', 2);
        expect(unit).toBe('');
        shown.forEach((value, at) => {
          expect(value / 2 ** exponent).toBe(c[at]);
        });
      }),
    );
  });

  it('keeps the scaled values, and says their unit, where no double holds the true ones', () => {
    expect(trueMatrix(momentsOf([0, 3], 2000), 'C', 1)).toMatchObject({
      values: Float64Array.of(0, 3),
      unit: ' · 2^2000',
    });
    expect(trueMatrix(momentsOf([0.5, 3], -2000), 'C', 1).unit).toBe(' · 2^−2000');
    expect(trueMatrix(momentsOf([0.5, 3], -1040), 'C', 1).unit).toBe('');
  });

  it('reads a cell', () => {
    const matrix = trueMatrix(momentsOf([1, -0.0123456, 3, 4], 1), 'C', 2);
    expect(cellText(matrix, 0, 1)).toBe('C[0, 1] = −0.0247');
  });
});
