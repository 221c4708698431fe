import { describe, expect, it } from 'vitest';
import { addCitation, modelLines } from '../../../src/figures/citation.ts';
import { colourDomain } from '../../../src/figures/colourDomain.ts';
import { agreementText, compareScatterScene } from '../../../src/figures/compareScatterScene.ts';
import {
  differenceMetric,
  differenceView,
  mostDifferent,
  pairedHeads,
  rankAgreement,
  whyUnpaired,
} from '../../../src/figures/difference.ts';
import { figureScene } from '../../../src/figures/figure.ts';
import { heatmapLayout } from '../../../src/figures/heatmapLayout.ts';
import { heatmapScene } from '../../../src/figures/heatmapScene.ts';
import { stackView } from '../../../src/figures/heatmapView.ts';
import { METRICS, metricFor } from '../../../src/figures/metric.ts';
import { headValue, valuesOf } from '../../../src/figures/metricValues.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import type { SceneNode } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { pairsToCsv } from '../../../src/ui/compare/pairsToCsv.ts';
import { headAriaLabel, headState } from '../../../src/ui/heatmap/headText.ts';
import { fakeResult, fakeView } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const S = metricFor('s');
const results = [
  fakeResult({ id: 'sample/masked' }),
  fakeResult({
    id: 'sample/causal',
    score: (layer, head) => (layer === 2 && head === 1 ? null : (head - layer) / 40),
  }),
];
const [a, b] = results.map((result) => stackView(result)) as [
  ReturnType<typeof stackView>,
  ReturnType<typeof stackView>,
];

describe('pairing', () => {
  it('pairs heads by layer and head number where both have a value', () => {
    expect(whyUnpaired(a, b)).toBeNull();
    const pairs = pairedHeads(a, b, S);
    expect(pairs).toHaveLength(15);
    expect(pairs[6]).toEqual({ layer: 1, head: 2, a: 0.5 * Math.sin(1.7 + 1.8), b: 1 / 40 });
    expect(pairs.some(({ layer, head }) => layer === 2 && head === 1)).toBe(false);
  });

  it('refuses models that differ in their layers, heads or widths', () => {
    expect(whyUnpaired(a, fakeView({ layers: 3 }))).toContain('4 × 4 heads');
    expect(whyUnpaired(a, fakeView({ heads: 8 }))).toContain('4 × 8 heads');
    const other = { ...b, rows: b.rows.map((row) => ({ ...row, layer: row.layer + 1 })) };
    expect(whyUnpaired(a, other)).toContain('differ in their numbers');
    const staged = {
      ...b,
      rows: b.rows.map((row, at) => (at === 0 ? { ...row, shape: { ...b.shape, heads: 2 } } : row)),
    };
    expect(whyUnpaired(a, staged)).toContain('differ in their numbers or heads');
  });

  it('lists the heads that differ most first', () => {
    const pairs = [0.1, -0.6, 0.3].map((d, head) => ({ layer: 0, head, a: 1, b: 1 + d }));
    expect(mostDifferent(pairs, 2).map(({ head }) => head)).toEqual([1, 2]);
  });
});

describe('the difference as a metric', () => {
  it('is b − a in every metric, about 0, and undefined where either value is', () => {
    for (const metric of METRICS) {
      const difference = differenceMetric(metric, a);
      for (const row of b.rows)
        for (const { head } of row.heads) {
          const ref = { layer: row.layer, head };
          const [x, y] = [headValue(a, ref, metric), headValue(b, ref, metric)];
          expect(headValue(b, ref, difference)).toBe(x === null || y === null ? null : y - x);
        }
      expect([difference.kind, difference.centre, difference.fromS]).toEqual(['diverging', 0, null]);
    }
    const ref = { layer: 2, head: 1 };
    expect(headState(b, ref, differenceMetric(S, a))).toEqual({
      kind: 'undefined',
      reason: 'not in both models',
    });
  });

  it('is 0 between a map and itself', () => {
    expect(valuesOf(a, differenceMetric(S, a))).toEqual(Array(16).fill(0));
  });

  it('changes its sign when the sides are exchanged', () => {
    const [ab, ba] = [valuesOf(b, differenceMetric(S, a)), valuesOf(a, differenceMetric(S, b))];
    expect([ab.length, ba.length]).toEqual([16, 16]);
    ab.forEach((value, at) => {
      const back = ba[at]!;
      expect(value === null ? back : value + back!).toBe(value === null ? null : 0);
    });
  });

  it('has its own symmetric scale and describes itself', () => {
    const difference = differenceMetric(S, a);
    const domain = colourDomain(valuesOf(b, difference), difference, { mode: 'auto' });
    expect(domain.low).toBe(-domain.high);
    expect(headAriaLabel(b, { layer: 1, head: 2 }, difference)).toBe('layer 1, head 2, difference of s 0.20');
    const view = differenceView(a, b);
    expect(view.title).toBe('sample/causal@607a30d − sample/masked@607a30d');
    const svg = sceneToSvg(figureScene(results, { metric: difference, domain, views: [view] }));
    expectGolden('difference', svg);
    for (const { model } of results) expect(svg).toContain(`${model.id}, commit`);
    expect(svg).toContain(results[0]!.model.sha!);
    expect(svg).toContain('B − A');
  });

  it('reuses the drawn rows of both maps when they are drawn in turns', () => {
    const difference = differenceMetric(S, a);
    const [view, shown] = [differenceView(a, b), b];
    const draw = (of: typeof view, metric: typeof S) =>
      heatmapScene(of, heatmapLayout(of, 30, { strip: true }), {
        metric,
        domain: colourDomain(valuesOf(of, metric), metric, { mode: 'auto' }),
        theme: FIGURE_THEMES.light,
      });
    const rowsOf = (scene: ReturnType<typeof draw>) => {
      const found: SceneNode[] = [];
      const walk = (nodes: readonly SceneNode[]): void =>
        nodes.forEach((node) => {
          if (node.type !== 'group') return;
          if (node.name === 'row') found.push(node);
          else walk(node.children);
        });
      walk(scene.children);
      return found;
    };
    const [first, other] = [rowsOf(draw(shown, S)), rowsOf(draw(view, difference))];
    const [again, otherAgain] = [rowsOf(draw(shown, S)), rowsOf(draw(view, difference))];
    expect(first.length).toBeGreaterThanOrEqual(2 * b.rows.length);
    expect(other.length).toBeGreaterThanOrEqual(2 * b.rows.length);
    for (const [at, row] of first.entries()) expect(again[at]).toBe(row);
    for (const [at, row] of other.entries()) expect(otherAgain[at]).toBe(row);
    expect(other[0]).not.toBe(first[0]);
  });

  it('is refused without its maps', () => {
    expect(() => metricFor('difference:s')).toThrow(RangeError);
  });
});

describe('the scatter', () => {
  const options = { metric: S, theme: FIGURE_THEMES.light, width: 460, a: a.title, b: b.title };

  it('draws each head on equal axes, with the line of equal values and ρ', () => {
    const pairs = pairedHeads(a, b, S);
    const { scene, regions } = compareScatterScene(pairs, options);
    expectGolden('compare-scatter', sceneToSvg(scene));
    expect(regions).toHaveLength(15);
    expect(regions.map(({ x }) => x)).toEqual([...regions.map(({ x }) => x)].sort((x, y) => x - y));
    expect(scene.description).toBe(
      `Spearman’s ρ ${rankAgreement(pairs)!.toFixed(3).replace('-', '−')} over 15 heads.`,
    );
  });

  it('draws equal values on the line', () => {
    const { regions, scene } = compareScatterScene(pairedHeads(a, a, S), options);
    const line = scene.children.find((node) => node.type === 'line' && node.dash !== undefined);
    if (line?.type !== 'line') throw new Error('no line of equal values');
    const slope = (line.y2 - line.y1) / (line.x2 - line.x1);
    expect(regions).toHaveLength(16);
    for (const { x, y } of regions) expect(line.y1 + slope * (x + 5 - line.x1)).toBeCloseTo(y + 5, 9);
    expect(agreementText(pairedHeads(a, a, S))).toContain('ρ 1.000');
  });

  it('says why there is no ρ for too few heads or a constant side', () => {
    expect(agreementText([])).toContain('fewer than two heads');
    const constant = [0, 1].map((head) => ({ layer: 0, head, a: 0.5, b: head }));
    expect(agreementText(constant)).toContain('all values of one model are equal');
    expect(sceneToSvg(compareScatterScene([], options).scene)).not.toMatch(/NaN|Infinity/);
  });
});

it('names both commits, the convention and the engine when exported', () => {
  const { scene } = compareScatterScene(pairedHeads(a, b, S), {
    metric: S,
    theme: FIGURE_THEMES.light,
    width: 520,
    a: a.title,
    b: b.title,
  });
  const shown = addCitation(scene, results, FIGURE_THEMES.light);
  const text = sceneToSvg(shown)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
  for (const { model } of results) expect(text).toContain(`${model.id}, commit`);
  for (const words of [
    results[0]!.model.sha!,
    'Raw weights, no bias',
    'engine webgpu (Some GPU)',
    '2026-01-02',
  ])
    expect(text).toContain(words);
  expect(shown.height).toBeGreaterThan(scene.height + 4 * 18);
});

it('names the first and last revision of a long series and how many lie between', () => {
  const many = Array.from({ length: 20 }, (_, step) => fakeResult({ id: `owner/step${step}` }));
  const lines = modelLines(many);
  expect(lines[0]).toContain('owner/step0,');
  expect(lines.at(-1)).toContain('owner/step19,');
  const left = Number(/… (\d+) more/.exec(lines.join())?.[1]);
  expect(lines.length - 1 + left).toBe(20);
});

it('exports whole numbers to CSV with the models that they belong to', () => {
  const pairs = pairedHeads(a, b, S);
  const convention = {
    name: 'custom',
    layerNorm: false,
    qkNorm: true,
    ropeOffset: 0,
    text: 'x, "y"',
  } as const;
  const [first, second] = results as [(typeof results)[0], (typeof results)[0]];
  const csv = pairsToCsv(pairs, S, [
    { ...first!, convention },
    { ...second!, convention, model: { ...second!.model, sha: null, fingerprint: 'f0f0' } },
  ]);
  const lines = csv.trim().split('\n');
  expect(lines[0]).toBe(
    'layer,head,s_a,s_b,difference,model_a,sha_a,fingerprint_a,model_b,sha_b,fingerprint_b,convention',
  );
  expect(lines.slice(1).map((line) => line.split(',').slice(0, 5).map(Number))).toEqual(
    pairs.map(({ layer, head, a: x, b: y }) => [layer, head, x, y, y - x]),
  );
  const source = `sample/masked,${first!.model.sha},,sample/causal,,f0f0,"x, ""y"""`;
  expect(lines.slice(1).every((line) => line.endsWith(`,${source}`))).toBe(true);
});
