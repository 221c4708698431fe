import { describe, expect, it } from 'vitest';
import { loadPublished, type PublishedModel } from '../../../src/core/published/publishedModels.ts';
import { distributionScene } from '../../../src/figures/distributionScene.ts';
import type { HeatmapView } from '../../../src/figures/heatmapView.ts';
import { regionAt, regionByKey } from '../../../src/figures/hitRegions.ts';
import { layerSpreadScene } from '../../../src/figures/layerSpreadScene.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { nullBand } from '../../../src/figures/nullBand.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import { publishedScene } from '../../../src/figures/publishedScene.ts';
import { scatterScene, scatterSeries } from '../../../src/figures/scatterScene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { valueRange } from '../../../src/figures/valueRange.ts';
import { fakeView } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const theme = FIGURE_THEMES.light;
const [S, R, Z, NORM] = (['s', 'r', 'z', 'norm'] as const).map(metricFor) as [
  ReturnType<typeof metricFor>,
  ReturnType<typeof metricFor>,
  ReturnType<typeof metricFor>,
  ReturnType<typeof metricFor>,
];
const views = [
  withNorms(fakeView()),
  withNorms(fakeView({ id: 'other', score: (layer, head) => (head - layer) / 40 })),
];

function withNorms(view: HeatmapView): HeatmapView {
  const rows = view.rows.map((row) => ({
    ...row,
    heads: row.heads.map((head) => ({ ...head, norm: 3 + row.layer - 2 * (head.s ?? 0) })),
  }));
  return { ...view, rows };
}

describe('distributionScene', () => {
  it('draws two models before the null band', () => {
    expectGolden(
      'distribution',
      sceneToSvg(distributionScene(views, { metric: S, theme, width: 600 }).scene),
    );
  });

  it('draws a distribution of no heads and one of equal heads', () => {
    for (const view of [fakeView({ arrived: 0 }), fakeView({ score: () => 0.25 })]) {
      const { scene } = distributionScene([view], { metric: NORM, theme, width: 600 });
      expect(sceneToSvg(scene)).not.toContain('NaN');
      expect(sceneToSvg(distributionScene([view], { metric: S, theme, width: 600 }).scene)).not.toContain(
        'NaN',
      );
    }
  });

  it('has the metric’s whole range, or a random model’s, before the first value', () => {
    const view = fakeView({ arrived: 0 });
    expect([S, R, Z, NORM].map((metric) => valueRange([view], metric))).toEqual([
      [-1, 1],
      [0, 1],
      [-4, 4],
      [0, 1],
    ]);
  });

  it('puts every defined head into exactly one bar, within the bar’s ends', () => {
    const view = fakeView({
      layers: 12,
      heads: 12,
      score: (layer, head) => (head === 3 ? null : (layer - head) / 12),
    });
    for (const metric of [S, R, Z]) {
      const { regions } = distributionScene([view], { metric, theme, width: 600 });
      const names = regions.flatMap(({ heads }) => heads[0]!.map(({ layer, head }) => `${layer} ${head}`));
      expect(names.length).toBe(12 * 11);
      expect(new Set(names).size).toBe(12 * 11);
      const total = regions.map(({ label }) => Number(/: (\d+) heads?$/.exec(label)?.[1]));
      expect(total.reduce((a, b) => a + b)).toBe(12 * 11);
      const [low, high] = valueRange([view], metric);
      const box = { left: 44, width: 600 - 64 };
      for (const { x, width, heads } of regions) {
        const ends = [x, x + width].map((px) => low + ((px - box.left) / box.width) * (high - low));
        for (const { layer, head } of heads[0]!) {
          const row = view.rows[layer]!;
          const value = metric.valueOf(view, row, row.heads[head]!)!;
          expect(value).toBeGreaterThanOrEqual(ends[0]! - 1e-9);
          expect(value).toBeLessThanOrEqual(ends[1]! + 1e-9);
        }
      }
    }
  });

  it('counts the same heads in the band in every metric', () => {
    const { low, high, mean } = nullBand(128);
    const scores = [low + 1e-6, low - 1e-6, mean, high - 1e-6, high + 1e-6, 0.4];
    const view = fakeView({ layers: 1, heads: 6, score: (_, head) => scores[head]! });
    for (const metric of [S, R, Z])
      expect(distributionScene([view], { metric, theme, width: 600 }).scene.description).toContain(
        '3 of 6 heads in the band',
      );
    expect(distributionScene([view], { metric: NORM, theme, width: 600 }).scene.description).not.toContain(
      'band',
    );
  });

  it('takes each layer’s own d where stages differ in it', () => {
    const view = fakeView({ layers: 2, heads: 1, score: () => 0.02 });
    // s = 0.02 is inside the band of d = 128 (−0.014 … 0.030), outside that of d = 1024.
    const rows = view.rows.map((row, at) =>
      at === 0 ? row : { ...row, shape: { heads: 1, kvHeads: 1, dModel: 1024, dHead: 32 } },
    );
    const { scene } = distributionScene([{ ...view, rows }], { metric: S, theme, width: 600 });
    expect(scene.description).toContain('1 of 2 heads in the band');
  });
});

describe('layerSpreadScene', () => {
  it('draws every head on its layer’s line', () => {
    expectGolden('layer-spread', sceneToSvg(layerSpreadScene(views, { metric: S, theme, width: 600 }).scene));
  });

  it('has the histogram’s x axis', () => {
    const at = (width: number) => {
      const [spread, histogram] = [layerSpreadScene, distributionScene].map((draw) =>
        sceneToSvg(draw(views, { metric: S, theme, width }).scene),
      );
      const ticks = (svg: string) =>
        [
          ...svg
            .slice(svg.indexOf('class="x-axis"'))
            .matchAll(/<text x="([\d.]+)"[^>]*middle[^>]*>([^<]+)</g),
        ].map(([, x, text]) => `${x} ${text}`);
      expect(ticks(spread!).length).toBeGreaterThan(2);
      expect(ticks(spread!)).toEqual(ticks(histogram!));
    };
    at(600);
    at(340);
  });

  it('has a mark for every defined head, layer after layer', () => {
    const { regions } = layerSpreadScene([views[0]!], { metric: S, theme, width: 600 });
    expect(regions.length).toBe(16);
    expect(regions.map(({ line }) => line)).toEqual([...Array(16).keys()].map((at) => Math.floor(at / 4)));
    expect(regions[0]!.label).toMatch(/^L0H\d: s −?0\.\d{4}$/);
  });

  it('stays within bounds with 126 layers', () => {
    const { scene } = layerSpreadScene([fakeView({ layers: 126, heads: 128 })], {
      metric: S,
      theme,
      width: 900,
    });
    expect(scene.height).toBeLessThan(1000);
  });
});

describe('scatterScene', () => {
  it('draws two models by two metrics, with their rank correlations', () => {
    const { scene } = scatterScene(views, { x: S, y: NORM, theme, width: 600 });
    expectGolden('scatter', sceneToSvg(scene));
  });

  it('leaves out heads that lack a value', () => {
    const view = fakeView({ layers: 1, heads: 4, score: (_, head) => (head === 0 ? null : head / 10) });
    const rows = view.rows.map((row) => ({
      ...row,
      heads: row.heads.map((head) => (head.head === 1 ? head : { ...head, norm: 4 - head.head })),
    }));
    const series = scatterSeries({ ...view, rows }, S, NORM);
    expect(series.points.map(({ head, x, y }) => [head, x, y])).toEqual([
      [2, 0.2, 2],
      [3, 0.3, 1],
    ]);
    expect(series.rho).toBe(-1);
  });

  it('says why there is no correlation', () => {
    const { scene } = scatterScene([fakeView()], { x: S, y: NORM, theme, width: 600 });
    expect(scene.description).toContain('fewer than two heads have both values');
    expect(sceneToSvg(scene)).not.toContain('NaN');
  });
});

describe('publishedScene', () => {
  const statistic = { median: 0.3, q1: 0.2, q3: 0.45, s: [0.2, 0.3, 0.45] };
  const ours = [{ title: 'mine@1234567', statistic, index: 0 }];

  it('draws encoders and decoders by shape, and the user’s model as a line through them', async () => {
    const { scene } = publishedScene(await loadPublished(), ours, { theme, width: 700 });
    expectGolden('published', sceneToSvg(scene));
  });

  it('shows only trustworthy models, and none over another', async () => {
    const all = await loadPublished();
    for (const width of [320, 900]) {
      const { regions } = publishedScene(all, ours, { theme, width });
      expect(regions.length).toBe(all.filter(({ verdict }) => verdict === 'ok').length);
      regions.forEach((mark, at) => {
        for (const other of regions.slice(at + 1))
          expect(Math.abs(mark.x - other.x) >= 9 || Math.abs(mark.y - other.y) >= 9).toBe(true);
      });
    }
  });

  it('draws the published models without a model of the user’s', () => {
    const one: PublishedModel = {
      models: ['a/b'],
      group: 'language',
      kind: 'decoder',
      parameters: 1,
      verdict: 'ok',
      why: [],
      s: [0.1],
      median: 0.1,
      q1: 0.1,
      q3: 0.1,
    };
    const { scene, regions } = publishedScene([one], [], { theme, width: 320 });
    expect(sceneToSvg(scene)).not.toContain('NaN');
    expect(regions[0]!.label).toBe('a/b, decoder: median s 0.100, quartiles 0.100 and 0.100, 1 layer');
  });
});

describe('marks', () => {
  const mark = (x: number, line: number) => ({
    x,
    y: line * 20,
    width: 8,
    height: 8,
    line,
    label: '',
    heads: [],
  });
  const regions = [mark(0, 0), mark(30, 0), mark(10, 1), mark(60, 1)];

  it('finds the nearest mark under a point, or none', () => {
    expect(regionAt(regions, 4, 4)).toBe(0);
    expect(regionAt(regions, 33, 2)).toBe(1);
    expect(regionAt(regions, 20, 4)).toBeNull();
  });

  it('move by keys along a line and from line to line', () => {
    const keys = [
      'ArrowRight',
      'ArrowRight',
      'ArrowLeft',
      'ArrowDown',
      'ArrowUp',
      'End',
      'ArrowRight',
      'ArrowDown',
      'Home',
    ];
    let at: number | null = null;
    const way = keys.map((key) => {
      at = regionByKey(regions, at, key);
      return at;
    });
    expect(way).toEqual([0, 1, 0, 2, 0, 3, 3, 3, 0]);
    expect(regionByKey(regions, 1, 'x')).toBeNull();
    expect(regionByKey([], null, 'Home')).toBeNull();
  });
});
