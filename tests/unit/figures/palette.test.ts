import { interpolateCividis, interpolatePuOr, interpolateRdBu, rgb } from 'd3';
import { describe, expect, it } from 'vitest';
import { contrast, FIGURE_THEMES, inkOn, PALETTES, valueColour } from '../../../src/figures/palette.ts';

const steps = Array.from({ length: 41 }, (_, index) => index / 20 - 1);

describe('palette', () => {
  it('shows positive scores blue and negative ones red, up to the ends and not beyond', () => {
    expect(valueColour(0.5, 0.5)).toBe('#053061');
    expect(valueColour(-0.5, 0.5)).toBe('#67001f');
    expect(valueColour(0.9, 0.5)).toBe(valueColour(0.5, 0.5));
  });

  it('has d3’s colours, with purple for positive scores in PuOr', () => {
    for (let step = 0; step <= 1024; step++) {
      const [s, t] = [step / 512 - 1, step / 1024];
      expect(valueColour(s, 1, 'RdBu')).toBe(rgb(interpolateRdBu(t)).formatHex());
      expect(valueColour(s, 1, 'PuOr')).toBe(rgb(interpolatePuOr(1 - t)).formatHex());
      expect(valueColour(s, 1, 'cividis')).toBe(rgb(interpolateCividis(t)).formatHex());
    }
    expect(valueColour(1, 1, 'PuOr')).toBe('#2d004b');
  });

  it('has a middle that differs from light paper', () => {
    const { paper, empty } = FIGURE_THEMES.light;
    const middle = valueColour(0, 1);
    expect(middle).not.toBe(empty);
    expect(contrast(middle, paper)).toBeGreaterThan(1.1);
  });

  it.each(PALETTES)('recedes into dark paper at the middle of %s, and stands out at its ends', (palette) => {
    const { paper } = FIGURE_THEMES.dark;
    const contrasts = steps.map((s) => contrast(valueColour(s, 1, palette, 'dark'), paper));
    const middle = steps.length >> 1;
    expect(contrasts[middle]).toBeGreaterThan(1.2);
    expect(contrasts[middle]).toBeLessThan(1.5);
    for (let at = 1; at <= middle; at++) {
      expect(contrasts[middle + at]).toBeGreaterThan(contrasts[middle + at - 1]!);
      expect(contrasts[middle - at]).toBeGreaterThan(contrasts[middle - at + 1]!);
    }
    expect(Math.min(contrasts[0]!, contrasts.at(-1)!)).toBeGreaterThan(3);
  });

  it.each(PALETTES.flatMap((palette) => [[palette, 'light'] as const, [palette, 'dark'] as const]))(
    'prints values readably on every colour of %s on %s paper',
    (palette, theme) => {
      for (const s of steps) {
        const colour = valueColour(s, 1, palette, theme);
        expect(contrast(colour, inkOn(colour))).toBeGreaterThan(4.5);
      }
    },
  );

  it.each(['light', 'dark'] as const)('has readable text and visible series on %s paper', (name) => {
    const { paper, ink, muted, series } = FIGURE_THEMES[name];
    for (const colour of [ink, muted]) expect(contrast(colour, paper)).toBeGreaterThan(4.5);
    for (const colour of series) expect(contrast(colour, paper)).toBeGreaterThan(3);
  });
});
