import { describe, expect, it } from 'vitest';
import { figureScene } from '../../../src/figures/figure.ts';
import { letterShapes } from '../../../src/figures/letterShapes.ts';
import { loadGlyphs } from '../../../src/figures/loadGlyphs.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import type { SceneText } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { fakeResult } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const GLYPHS = {
  regular: { a: '500m0 0l1 1z', b: '600m2 2l3 3z', ' ': '250' },
  bold: { a: '550m4 4l5 5z' },
};
const TEXT: SceneText = { type: 'text', x: 100, y: 50, text: 'a b', size: 10, fill: '#123456' };

describe('letters as shapes', () => {
  it('stand one after the other, by their widths', () => {
    expect(letterShapes(GLYPHS).draw(TEXT)).toBe(
      '<g aria-label="a b" fill="#123456" transform="translate(100 50) scale(0.01)"><use xlink:href="#r61"/><use xlink:href="#r62" x="750"/></g>',
    );
  });

  it('are anchored at their middle and at their end', () => {
    const leftOf = (anchor: 'middle' | 'end') =>
      /translate\(([\d.]+) /.exec(letterShapes(GLYPHS).draw({ ...TEXT, anchor }) ?? '')?.[1];
    // 1,350 thousandths of 10 px are 13.5 px.
    expect([leftOf('middle'), leftOf('end')]).toEqual(['93.25', '86.5']);
  });

  it('are defined once each, of the weight that is used', () => {
    const letters = letterShapes(GLYPHS);
    for (const bold of [true, false, true]) letters.draw({ ...TEXT, text: 'aa', bold });
    expect(letters.definitions()).toEqual([
      '<path id="b61" d="m4 4l5 5z"/>',
      '<path id="r61" d="m0 0l1 1z"/>',
    ]);
  });

  it('leave a text as text where the font lacks a letter', () => {
    expect(letterShapes(GLYPHS).draw({ ...TEXT, text: 'a漢' })).toBeNull();
    expect(letterShapes(GLYPHS).draw({ ...TEXT, text: 'constructor' })).toBeNull();
  });

  it('are there for all that figures say, with the digits alike in width', async () => {
    const glyphs = await loadGlyphs();
    for (const font of [glyphs.regular, glyphs.bold]) {
      for (const letter of 'AZaz09 −±²‖ᵀ⁻⁰⁹₀√×·@…→↑ρσΔéßЖ') expect(font, letter).toHaveProperty([letter]);
      expect(new Set([...'0123456789'].map((digit) => Number.parseInt(font[digit]!, 10))).size).toBe(1);
    }
  });

  it('take the place of all texts of a figure', async () => {
    const metric = metricFor('s');
    const domain = {
      kind: 'diverging',
      mode: 'auto',
      low: -0.5,
      high: 0.5,
      isLog: false,
      below: 0,
      above: 1,
    } as const;
    const svg = sceneToSvg(
      figureScene([fakeResult({ layers: 2, heads: 2 })], { metric, domain }),
      await loadGlyphs(),
    );
    expect(svg).not.toContain('<text');
    expect(svg).toContain('aria-label="owner/model@607a30d"');
    expectGolden('figure-shapes', svg);
  });

  it('cannot smuggle markup in', () => {
    const font = { ...GLYPHS.regular, '"': '1m0 0', '<': '1m0 0' };
    const drawn = letterShapes({ regular: font, bold: {} }).draw({ ...TEXT, text: '"<a' });
    expect(drawn).toContain('aria-label="&quot;&lt;a"');
  });
});
