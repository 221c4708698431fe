import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deviationsInCell,
  formatBytes,
  formatCell,
  formatCompact,
  formatFull,
  formatMagnitude,
  formatScore,
  formatSeconds,
  formatSignificant,
  formatTick,
  headName,
  modelTitle,
  powerOfTen,
} from '../../../src/figures/format.ts';

describe('format', () => {
  it.each([
    [0.5499, '0.5499'],
    [-0.06129, '−0.0613'],
    [-0.00001, '0.0000'],
    [null, '—'],
    [Number.NaN, '—'],
  ])('writes the score %d as %s', (value, text) => {
    expect(formatScore(value)).toBe(text);
  });

  it.each([
    [72.41, '72.4'],
    [-0.61349, '−0.613'],
    [1209.6, '1,210'],
    [9.999, '10.0'],
    [0, '0'],
  ])('writes %d with three digits as %s', (value, text) => {
    expect(formatSignificant(value)).toBe(text);
  });

  it.each([
    [0.0123456, '0.0123'],
    [-123_456, '−123,000'],
    [1_234_567, '1.23 × 10⁶'],
    [-1.2345e-9, '−1.23 × 10⁻⁹'],
    [9.999e-13, '1.00 × 10⁻¹²'],
    [0, '0'],
    [Number.NaN, '—'],
  ])('writes %d, of any magnitude, as %s', (value, text) => {
    expect(formatMagnitude(value)).toBe(text);
  });

  it('writes powers of ten with superscript digits', () => {
    expect([-308, -1, 0, 24].map(powerOfTen)).toEqual(['10⁻³⁰⁸', '10⁻¹', '10⁰', '10²⁴']);
  });

  it.each([
    [548_105_171, '548 MB'],
    [1_344_951_957, '1.34 GB'],
    [85_100_000, '85.1 MB'],
    [999_600, '1.00 MB'],
    [17, '17 B'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [930, '0.93 s'],
    [12_400, '12.4 s'],
    [185_000, '3 min 05 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatSeconds(ms)).toBe(text);
  });

  it.each([
    [12.345, '12.35', '12.3'],
    [0.082134, '0.08213', '.082'],
    [-0.0012, '−0.001200', ''],
    [3.21e-9, '3.210 × 10⁻⁹', '3e−9'],
    [-4.5e12, '−4.500 × 10¹²', ''],
    [12_345, '12,350', '12k'],
    [1210, '1,210', '1210'],
    [0, '0', '0'],
    [-72.4, '−72.40', '−72'],
  ])('writes the quantity %d as %s, and as %j inside a small cell', (value, text, inCell) => {
    expect([formatMagnitude(value, 4), formatCompact(value, 28)]).toEqual([text, inCell]);
  });

  it('drops the zero before the point where cells are small', () => {
    expect([formatCell(-0.061, 30), formatCell(-0.061, 40), formatCell(-0.061, 50)]).toEqual([
      '−.06',
      '−0.06',
      '−0.061',
    ]);
    expect(formatCell(1, 30)).toBe('1.00');
  });

  it('gives numbers of any size three digits in large cells, zeros included', () => {
    expect([-0.492, 0.43, 2.9, 38, 101.2, 0].map((value) => formatCompact(value, 56))).toEqual([
      '−0.492',
      '0.430',
      '2.90',
      '38.0',
      '101',
      '0',
    ]);
    expect([0.43, 2.9, 38].map((value) => formatCompact(value, 30))).toEqual(['.43', '2.9', '38']);
  });

  it('gives standard deviations a tenth where it fits, and never a hundredth', () => {
    const values = [-0.0964, 0.00469, -0.0001, 8.44, 99.2, 384.9, 1210];
    expect(values.map((value) => deviationsInCell(value, 56))).toEqual([
      '−0.1',
      '0.0',
      '0.0',
      '8.4',
      '99.2',
      '385',
      '1,210',
    ]);
    expect([-12.3, 1210].map((value) => deviationsInCell(value, 24))).toEqual(['−12', '']);
  });

  it('names heads and models', () => {
    expect(headName(5, 1)).toBe('L5H1');
    expect(headName(5, 13, 3)).toBe('L5H13 · KV3');
    expect(modelTitle({ id: 'gpt2', sha: '607a30d783dfa663' })).toBe('gpt2@607a30d');
    expect(modelTitle({ id: 'my.safetensors', sha: null })).toBe('my.safetensors');
  });

  it('copies whole numbers that read back the same', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => Object.is(Number(formatFull(x)) + 0, x + 0)));
  });

  it('always writes a minus sign, never a hyphen', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (s) => {
        const shown = [formatScore(s), formatSignificant(s), formatTick(s)];
        expect(shown.join('')).not.toContain('-');
      }),
    );
  });
});
