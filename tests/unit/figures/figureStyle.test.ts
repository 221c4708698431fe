import { describe, expect, it } from 'vitest';
import { type ColourDomain, colourDomain } from '../../../src/figures/colourDomain.ts';
import { type FigureOptions, figureScene } from '../../../src/figures/figure.ts';
import { DEFAULT_FIGURE_STYLE, FIGURE_WIDTHS, type FigurePart } from '../../../src/figures/figureStyle.ts';
import { stackView } from '../../../src/figures/heatmapView.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { knownValues } from '../../../src/figures/metricValues.ts';
import { partsWithoutEffect } from '../../../src/figures/partsWithoutEffect.ts';
import type { Scene, SceneNode, SceneText } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { fakeResult } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const S = metricFor('s');
const WITHIN = { layer: 0, head: 0 };
/** Two heads lie within 1/128 ± 2·√2/128, and none below 0. */
const positive = (layer: number, head: number) => (layer === 0 && head < 2 ? 0.01 : 0.1 + layer / 10);
const masked = fakeResult({ id: 'owner/masked', score: positive });
const causal = fakeResult({ id: 'owner/causal' });
const domainOf = (results: readonly (typeof masked)[]): ColourDomain =>
  colourDomain(
    results.flatMap((result) => knownValues(stackView(result), S)),
    S,
    { mode: 'auto' },
  );

function draw(parts: readonly FigurePart[], options: Partial<FigureOptions> = {}, results = [masked]) {
  return figureScene(results, {
    metric: S,
    domain: domainOf(results),
    style: { ...DEFAULT_FIGURE_STYLE, parts },
    ...options,
  });
}

function allNodes(nodes: readonly SceneNode[]): SceneNode[] {
  return nodes.flatMap((node) => [node, ...(node.type === 'group' ? allNodes(node.children) : [])]);
}

const textNodes = (scene: Scene) =>
  allNodes(scene.children).filter((node): node is SceneText => node.type === 'text');
const textsOf = (scene: Scene) => textNodes(scene).map(({ text }) => text);

function inGroup(scene: Scene, name: string): SceneNode[] {
  return allNodes(scene.children).flatMap((node) =>
    node.type === 'group' && node.name === name ? allNodes(node.children) : [],
  );
}

describe('the parts of a figure', () => {
  it('can each be left out', () => {
    const all = draw(['values', 'strips', 'nullBand', 'footer']);
    const none = draw([]);
    expect(inGroup(all, 'values').length).toBeGreaterThan(0);
    expect(inGroup(all, 'row strip').length).toBeGreaterThan(0);
    expect(textsOf(all).join(' ')).toContain('random weights, ±2 s.d.: 0.0078 ± 0.022');
    expect(textsOf(all).join(' ')).toContain('arXiv:2502.10927');
    for (const name of ['values', 'row strip', 'null band', 'key', 'footer'])
      expect(
        inGroup(none, name).filter(({ type }) => type !== 'group'),
        name,
      ).toEqual([]);
  });

  it('mark the cells that random weights could give', () => {
    expect(inGroup(draw(['nullCells']), 'heads in the null band')).toHaveLength(2);
    expect(textsOf(draw(['nullCells'])).join()).toContain('within random weights, ±2 s.d.');
    expect(inGroup(draw(['nullBand']), 'heads in the null band')).toHaveLength(0);
  });

  it('ring the pinned and the compared heads, and name the rings', () => {
    const heads = { pinned: { layer: 1, head: 2 }, compared: [{ layer: 3, head: 0 }] };
    const ringed = draw(['selection'], { heads });
    expect(inGroup(ringed, 'chosen heads')).toHaveLength(4);
    expect(textsOf(ringed)).toEqual(expect.arrayContaining(['pinned', 'compared']));
    expect(sceneToSvg(draw([], { heads }))).toBe(sceneToSvg(draw([])));
    const elsewhere = { pinned: { layer: 99, head: 0 }, compared: [] };
    expect(textsOf(draw(['selection'], { heads: elsewhere }))).not.toContain('pinned');
  });

  it('show one half of a diverging scale, in the colours of the whole', () => {
    const [half, whole] = [draw(['oneSided']), draw([])];
    const ticks = (scene: Scene) =>
      inGroup(scene, 'ticks').flatMap((node) => (node.type === 'text' ? [node.text] : []));
    expect(ticks(whole)).toContain('−0.4');
    expect(ticks(half)).toEqual(expect.arrayContaining(['0', '0.4', 'symmetric', 'neither']));
    expect(ticks(half).some((tick) => tick.startsWith('−'))).toBe(false);
    expect(inGroup(half, 'cells')).toEqual(inGroup(whole, 'cells'));
    // Values on both sides need both.
    const both = [masked, causal];
    expect(sceneToSvg(draw(['oneSided'], {}, both))).toBe(sceneToSvg(draw([], {}, both)));
  });

  it('name the heads beyond the ends of the scale', () => {
    const domain = { ...domainOf([masked]), above: 1 };
    expect(textsOf(draw([], { domain }))).toContain('1 head is off the scale');
    expect(textsOf(draw([], { domain: { ...domain, below: 2 } }))).toContain('3 heads are off the scale');
  });

  it('say why they would change nothing', () => {
    const view = stackView(masked);
    const figure = { metric: S, domain: domainOf([masked]), style: DEFAULT_FIGURE_STYLE };
    expect(partsWithoutEffect([view], { ...figure, heads: { pinned: WITHIN, compared: [] } })).toEqual({});
    const norm = metricFor('norm');
    const heads = { pinned: null, compared: [] };
    const wide = stackView(fakeResult({ layers: 32, heads: 32 }));
    const domain = { ...figure.domain, kind: 'sequential' } as const;
    expect(
      Object.keys(partsWithoutEffect([wide], { ...figure, metric: norm, domain, heads })).sort(),
    ).toEqual(['nullBand', 'nullCells', 'oneSided', 'selection', 'values']);
  });
});

describe('the titles of a figure', () => {
  it('are the user’s where they are edited, while the model stays cited', () => {
    const scene = draw(['footer'], { titles: ['Encoder'] });
    expect(textsOf(scene)).toContain('Encoder');
    expect(scene.title).toBe('Encoder, 4 × 4 heads, d 128');
    expect(textsOf(scene).join(' ')).toContain('owner/masked@607a30d');
  });

  it('can be left out, with the shape under them', () => {
    const texts = textsOf(draw([], { titles: [''] })).join(' ');
    expect(texts).not.toContain('owner/masked');
    expect(texts).not.toContain('4 × 4');
  });

  it('have letters where there are two panels, over one legend', () => {
    const scene = draw([], {}, [masked, causal]);
    expect(textsOf(scene)).toEqual(
      expect.arrayContaining(['(a) owner/masked@607a30d', '(b) owner/causal@607a30d']),
    );
    expect(inGroup(scene, 'ticks').length).toBeGreaterThan(0);
    expect(textsOf(scene).filter((text) => text === 'symmetry score s')).toHaveLength(1);
  });
});

describe('the width of a figure', () => {
  const parts = [...DEFAULT_FIGURE_STYLE.parts, 'nullCells'] as const;
  const shapes = [
    [4, 4],
    [12, 12],
    [24, 16],
    [32, 32],
  ] as const;

  it('is a column’s, with text of 6 points or more', () => {
    for (const [layers, heads] of shapes)
      for (const [width, inches] of [
        ['single', 3.3],
        ['double', 6.9],
      ] as const)
        for (const count of [1, 2]) {
          const results = [fakeResult({ layers, heads }), fakeResult({ layers, heads, id: 'x/y' })];
          const scene = draw(
            [],
            { style: { width, scale: 2, text: 'text', parts } },
            results.slice(0, count),
          );
          expect(scene.width / scene.perInch!).toBeCloseTo(inches, 2);
          const points = textNodes(scene).map(({ size }) => (72 * size) / scene.perInch!);
          expect(Math.min(...points)).toBeGreaterThanOrEqual(6);
        }
  });

  it('holds all that is drawn', () => {
    for (const [layers, heads] of shapes)
      for (const width of FIGURE_WIDTHS) {
        const long = { layers, heads, id: 'owner/a-name-as-long-as-any-that-the-hub-allows-for-its-models' };
        const results = [fakeResult(long), fakeResult(long)];
        const scene = draw([], { style: { width, scale: 2, text: 'text', parts } }, results);
        const right = rightmost(scene.children, 0);
        expect(right, `${width} ${layers} × ${heads}`).toBeLessThanOrEqual(scene.width);
      }
  });

  it('sets two maps of a narrow column one below the other', () => {
    const style = {
      width: 'single',
      scale: 2,
      text: 'text',
      parts: ['strips', 'nullBand', 'footer'],
    } as const;
    expectGolden('figure-column', sceneToSvg(draw([], { style }, [masked, causal])));
    const wide = { ...style, width: 'double' } as const;
    expectGolden('figure-columns', sceneToSvg(draw([], { style: wide }, [masked])));
  });
});

/** The right edge of the cells and bars, px. */
function rightmost(nodes: readonly SceneNode[], shift: number): number {
  return Math.max(
    0,
    ...nodes.map((node) => {
      if (node.type === 'group') return rightmost(node.children, shift + (node.x ?? 0));
      return node.type === 'rect' ? shift + node.x + node.width : 0;
    }),
  );
}
