import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctBytes, leadingEigenvalues, pText } from '../../../../../src/ui/head/sections/headNumbers.ts';

describe('leadingEigenvalues', () => {
  it('names a conjugate pair once', () => {
    const values = [
      { re: -0.8, im: 1.2 },
      { re: -0.8, im: -1.2 },
      { re: 1, im: 0 },
      { re: 1e-9, im: 0 },
    ];
    expect(leadingEigenvalues(values, 3)).toEqual([
      { name: 'λ₁ λ₂', text: '−0.800 ± 1.20 i', whole: '-0.8 ± 1.2i' },
      { name: 'λ₃', text: '1.00', whole: '1' },
      { name: 'λ₄', text: '1.00 × 10⁻⁹', whole: '1e-9' },
    ]);
    expect(leadingEigenvalues(values, 1)).toHaveLength(1);
  });
});

describe('distinctBytes', () => {
  it('counts each byte of each file once', () => {
    const range = (source: string, begin: number, end: number) => ({ source, begin, end });
    expect(distinctBytes([])).toBe(0);
    expect(distinctBytes([range('a', 0, 10), range('a', 5, 12), range('b', 5, 12), range('a', 20, 30)])).toBe(
      29,
    );
  });

  it('agrees with counting bytes one by one', () => {
    const ranges = fc.array(
      fc.record({
        source: fc.constantFrom('a', 'b'),
        begin: fc.integer({ min: 0, max: 60 }),
        length: fc.integer({ min: 0, max: 30 }),
      }),
    );
    fc.assert(
      fc.property(ranges, (some) => {
        const all = some.map(({ source, begin, length }) => ({ source, begin, end: begin + length }));
        const counted = new Set(
          all.flatMap(({ source, begin, end }) =>
            Array.from({ length: end - begin }, (_, at) => `${source}${begin + at}`),
          ),
        );
        expect(distinctBytes(all)).toBe(counted.size);
      }),
    );
  });
});

describe('pText', () => {
  it('is a bound where no draw lay as far', () => {
    expect(pText({ p: 0.001, draws: 999, atLeast: 0 })).toBe('≤ 0.0010');
    expect(pText({ p: 0.042, draws: 999, atLeast: 41 })).toBe('0.042');
  });
});
