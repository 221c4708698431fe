import { describe, expect, it } from 'vitest';
import { arrange } from '../../../src/figures/arrangement.ts';
import { type ColourDomain, colourDomain } from '../../../src/figures/colourDomain.ts';
import { figureScene } from '../../../src/figures/figure.ts';
import { heatmapLayout, type LayoutOptions } from '../../../src/figures/heatmapLayout.ts';
import type { HeatmapOptions } from '../../../src/figures/heatmapOptions.ts';
import { heatmapScene } from '../../../src/figures/heatmapScene.ts';
import type { HeatmapView } from '../../../src/figures/heatmapView.ts';
import { legendScene } from '../../../src/figures/legendScene.ts';
import { type MetricId, metricFor } from '../../../src/figures/metric.ts';
import { valuesOf } from '../../../src/figures/metricValues.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import type { Scene, SceneGroup, SceneNode, SceneRect } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { fakeResult, fakeView } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const theme = FIGURE_THEMES.light;
const [R, S] = [metricFor('r'), metricFor('s')];
const HALF: ColourDomain = {
  mode: 'auto',
  kind: 'diverging',
  low: -0.5,
  high: 0.5,
  isLog: false,
  below: 0,
  above: 0,
};
const MAP = { metric: S, domain: HALF, theme, cell: 30, strip: true } as const;

/** The scene of a map laid out with these options. */
function mapScene(view: HeatmapView, options: HeatmapOptions & LayoutOptions & { readonly cell: number }) {
  return heatmapScene(view, heatmapLayout(view, options.cell, options), options);
}

function inGroup(nodes: readonly SceneNode[], name: string): readonly SceneNode[] {
  for (const node of nodes) {
    if (node.type !== 'group') continue;
    if (node.name === name)
      return node.children.flatMap((child) => (isRow(child) ? child.children : [child]));
    const inside = inGroup(node.children, name);
    if (inside.length > 0) return inside;
  }
  return [];
}

function isRow(node: SceneNode): node is SceneGroup {
  return node.type === 'group' && node.name === 'row';
}

const textsIn = (scene: Scene, name: string) =>
  inGroup(scene.children, name).flatMap((node) => (node.type === 'text' ? [node.text] : []));

describe('heatmapScene', () => {
  it('draws every state: scored, undefined, skipped, waiting, grouped', () => {
    const view = fakeView({
      layers: 5,
      heads: 8,
      kvHeads: 2,
      arrived: 4,
      skipped: 1,
      score: (layer, head) => (layer === 2 && head === 3 ? null : (head - 3.5) / 7 - layer / 20),
    });
    expectGolden('heatmap-states', sceneToSvg(mapScene(view, MAP)));
  });

  it('draws a part of a sorted map under its axes, a norm on a log scale', () => {
    const norm = metricFor('norm');
    const scored = fakeView({ layers: 30, heads: 40 });
    const rows = scored.rows.map((row) => ({
      ...row,
      heads: row.heads.map((head) => ({ ...head, norm: 0.02 * 1.17 ** (row.layer + (head.head % 7)) })),
    }));
    const view = { ...scored, rows };
    const scene = mapScene(view, {
      ...MAP,
      metric: norm,
      domain: colourDomain(valuesOf(view, norm), norm, { mode: 'auto' }),
      arrangement: arrange(view, norm, 'heads'),
      window: { width: 460, height: 300, scrollX: 45, scrollY: 70 },
    });
    expectGolden('heatmap-window', sceneToSvg(scene));
  });

  it('shows the heads of a layer under way among the dots of those to come', () => {
    const [waiting, scored] = [fakeView({ arrived: 3 }), fakeView()];
    const last = scored.rows[3]!;
    const rows = waiting.rows.with(3, { ...waiting.rows[3]!, arriving: [last.heads[2]!] });
    const fillsOf = (view: HeatmapView) =>
      inGroup(mapScene(view, MAP).children, 'cells').map((node) => ('fill' in node ? node.fill : ''));
    const dots = fillsOf(waiting).filter((fill) => fill === theme.empty);
    const shown = fillsOf({ ...waiting, rows });
    expect(shown.filter((fill) => fill === theme.empty)).toHaveLength(dots.length);
    expect(shown.at(-1)).toBe(fillsOf(scored).at(-2));
  });

  it('has layer 0 on top and head 0 on the left', () => {
    const view = fakeView({ score: (layer, head) => (layer === 0 && head === 0 ? 0.5 : 0) });
    const rects = inGroup(mapScene(view, MAP).children, 'cells') as SceneRect[];
    const [dark] = rects.filter((rect) => rect.fill === '#053061');
    expect(dark?.x).toBe(Math.min(...rects.map((rect) => rect.x)));
    expect(dark?.y).toBe(Math.min(...rects.map((rect) => rect.y)));
  });

  it('prints values in large cells only, keeps gaps in medium ones and thins the labels of tiny ones', () => {
    const view = fakeView({ layers: 126, heads: 128 });
    expect(textsIn(mapScene(view, { ...MAP, cell: 28 }), 'values')).toHaveLength(126 * 128);
    const middling = mapScene(view, { ...MAP, cell: 6 });
    expect(textsIn(middling, 'values')).toHaveLength(0);
    expect((inGroup(middling.children, 'cells')[0] as SceneRect).width).toBe(5);
    const tiny = mapScene(view, { ...MAP, cell: 5 });
    expect((inGroup(tiny.children, 'cells')[0] as SceneRect).width).toBe(5);
    expect(textsIn(tiny, 'column labels').slice(0, 3)).toEqual(['Head', '0', '8']);
  });

  it('redraws only the rows that look different', () => {
    const half = fakeView({ layers: 6, heads: 4, arrived: 4 });
    const whole = fakeView({ layers: 6, heads: 4 });
    // Layers that were there keep their identity, as in the store.
    const grown = { ...whole, rows: whole.rows.map((row, at) => (at < 4 ? half.rows[at]! : row)) };
    const rowsOf = (options: { readonly cell?: number }, view: HeatmapView = grown) => {
      const cells = mapScene(view, { ...MAP, ...options }).children.find(
        (node) => node.type === 'group' && node.name === 'cells',
      );
      return (cells as SceneGroup).children;
    };
    const before = rowsOf({}, half);
    const kept = (rows: readonly SceneNode[]) => rows.map((row, at) => row === before[at]);
    expect(kept(rowsOf({}))).toEqual([true, true, true, true, false, false]);
    expect(kept(rowsOf({ cell: 29 }))).toEqual(Array(6).fill(false));
    // The four were made again for the larger cells; the two that wait in the first view weren't.
    expect(kept(rowsOf({}, half))).toEqual([false, false, false, false, true, true]);
    expect(rowsOf({}, half)).toEqual(before);
  });

  it('gives an undefined head no colour of a value', () => {
    const view = fakeView({ layers: 1, heads: 1, score: () => null });
    expect(inGroup(mapScene(view, MAP).children, 'cells')).toMatchObject([
      { fill: theme.paper, hatch: theme.hatch },
    ]);
  });

  it('describes what it shows', () => {
    const view = fakeView({ layers: 1, heads: 3, score: (_, head) => [-0.2, 0, 0.4][head] ?? null });
    expect(mapScene(view, MAP).description).toBe(
      'owner/model: symmetry score s of 3 heads, from −0.2 to 0.4, median 0.',
    );
    expect(mapScene(fakeView({ arrived: 0 }), MAP).description).toContain('no scores yet');
  });
});

describe('legendScene', () => {
  const options = { domain: HALF, theme, dModel: 128 };

  it('has numeric ends and the middle, in the metric shown', () => {
    expect(textsIn(legendScene({ ...options, metric: S }), 'ticks')).toEqual([
      '−0.5',
      '−0.25',
      '0',
      '0.25',
      '0.5',
    ]);
    expect(
      textsIn(legendScene({ ...options, metric: R, domain: { ...HALF, low: 0.25, high: 0.75 } }), 'ticks'),
    ).toEqual(['0.25', '0.375', '0.5', '0.625', '0.75']);
  });

  it('names the metric between the words of its ends, by its sign alone where there is no room for more', () => {
    const words = (length: number) =>
      legendScene({ ...options, metric: S, length }).children.flatMap((node) =>
        node.type === 'text' ? [node.text] : [],
      );
    expect(words(320)).toEqual(['antisymmetric', 'symmetry score s', 'symmetric']);
    expect(words(200)).toEqual(['antisymmetric', 's', 'symmetric']);
  });

  it('marks the ends that values lie beyond', () => {
    const marks = (below: number, above: number) =>
      inGroup(legendScene({ ...options, metric: S, domain: { ...HALF, below, above } }).children, 'clipped')
        .length;
    expect([marks(0, 0), marks(2, 0), marks(1, 1)]).toEqual([0, 1, 2]);
  });
});

describe('figureScene', () => {
  const masked = fakeResult({ id: 'sample/masked' });
  const causal = fakeResult({ id: 'sample/causal', score: (layer, head) => (head - layer) / 40 });
  const domainOf = (id: MetricId) =>
    colourDomain(valuesOf(fakeView(), metricFor(id)), metricFor(id), { mode: 'auto' });
  const domain = domainOf('s');

  it('composes one panel', () => {
    expectGolden('figure-one', sceneToSvg(figureScene([masked], { metric: R, domain: domainOf('r') })));
  });

  it('composes two panels with one legend', () => {
    expectGolden('figure-two', sceneToSvg(figureScene([masked, causal], { metric: S, domain })));
  });

  it('cites model, commit, convention, date, version and paper in one line, the rest in its description', () => {
    const scene = figureScene([masked], { metric: S, domain });
    expect(textsIn(scene, 'footer').join(' ')).toBe(
      'sample/masked@607a30d · raw weights, no bias, no LayerNorm, no RoPE · 2026-01-02 · QKScope 0.1.0 · arXiv:2502.10927',
    );
    for (const part of ['‖(M+Mᵀ)/2‖²', 'no RoPE', masked.model.sha!, 'QKScope 0.1.0', 'webgpu', '2026-01-02'])
      expect(scene.description).toContain(part);
  });

  it('escapes names so that nothing in them becomes markup', () => {
    const name = `<script>alert("1")</script> & 'x'\u0000\ud800`;
    const svg = sceneToSvg(figureScene([fakeResult({ id: name })], { metric: S, domain }));
    expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;');
    for (const bad of ['<script', '\u0000', '\ud800']) expect(svg).not.toContain(bad);
  });
});
