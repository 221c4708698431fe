import { describe, expect, it } from 'vitest';
import { conventionOf } from '../../../src/core/weights/convention.ts';
import { colourDomain } from '../../../src/figures/colourDomain.ts';
import { figureScene } from '../../../src/figures/figure.ts';
import { stackView } from '../../../src/figures/heatmapView.ts';
import { METRICS, type Metric, type MetricId, metricFor } from '../../../src/figures/metric.ts';
import { headValue, valuesOf } from '../../../src/figures/metricValues.ts';
import { bandsOf, metricBand, rowBand, sharedDModel } from '../../../src/figures/nullBand.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { headState } from '../../../src/ui/heatmap/headText.ts';
import { fakeResult, fakeView } from './fakeResult.ts';

const view = fakeView({ layers: 2, heads: 2, score: (layer, head) => (layer === 1 ? null : 0.25 * head) });

describe('metric', () => {
  it('reads r and s as exported, and z from s and d', () => {
    const of = (id: MetricId) => valuesOf(view, metricFor(id));
    expect(of('r')).toEqual([0.5, 0.625, null, null]);
    expect(of('s')).toEqual([0, 0.25, null, null]);
    // d = 128: mean 1/128, sd √2/128.
    expect(of('z')).toEqual([
      expect.closeTo(-1 / Math.sqrt(2), 12),
      expect.closeTo((0.25 - 1 / 128) / (Math.sqrt(2) / 128), 9),
      null,
      null,
    ]);
  });

  it("takes a layer's own d where it differs from its stack's", () => {
    const [row] = view.rows;
    const own = { ...view, rows: [{ ...row!, shape: { heads: 2, kvHeads: 2, dModel: 32, dHead: 8 } }] };
    const z = (0.25 - 1 / 32) / (Math.sqrt(2) / 32);
    expect(headValue(own, { layer: 0, head: 1 }, metricFor('z'))).toBeCloseTo(z, 9);
  });

  it('has no norm and no directionality where none was measured', () => {
    for (const id of ['norm', 'directionality'] as const) {
      expect(valuesOf(view, metricFor(id))).toEqual([null, null, null, null]);
      const [row] = view.rows;
      const measured = {
        ...view,
        rows: [{ ...row!, heads: row!.heads.map((head) => ({ ...head, [id]: 0.75 })) }],
      };
      expect(valuesOf(measured, metricFor(id))).toEqual([0.75, 0.75]);
    }
  });

  it("finds a user's scores by the head's name", () => {
    const own = { ...view, userScores: new Map([['induction', new Map([['L1H0', 3.5]])]]) };
    expect(valuesOf(own, metricFor('own:induction'))).toEqual([null, null, 3.5, null]);
    expect(metricFor('own:induction')).toBe(metricFor('own:induction'));
  });

  it('shows where random orientations lie in r, s and z', () => {
    expect(metricBand(metricFor('z'), 64)).toEqual({
      mean: expect.closeTo(0, 12),
      low: expect.closeTo(-2, 12),
      high: expect.closeTo(2, 12),
    });
    const [r, s] = [metricBand(metricFor('r'), 64)!, metricBand(metricFor('s'), 64)!];
    expect(s).toEqual({ mean: 1 / 64, low: (1 - 2 * Math.SQRT2) / 64, high: (1 + 2 * Math.SQRT2) / 64 });
    expect(r.mean).toBe((1 + s.mean) / 2);
    expect(metricBand(metricFor('norm'), 64)).toBeNull();
  });

  it.each(METRICS.map((metric) => [metric.id, metric] as const))(
    'writes %s in words and digits',
    (_, metric) => {
      for (const value of [0.0123, 0.5, 1]) {
        expect(metric.format(value)).toMatch(/^[\d.,·⁰¹²³⁴⁵⁶⁷⁸⁹⁻− ×]+$/);
        expect(metric.brief(value).length).toBeLessThanOrEqual(6);
      }
      expect(metric.format(null)).toBe('—');
    },
  );
});

describe('metrics with a gain folded into M', () => {
  const folded = { layerNorm: true, qkNorm: false, ropeOffset: 0 };
  const turned = { layerNorm: false, qkNorm: true, ropeOffset: -3 };
  const under = (choice: typeof folded) => stackView({ ...fakeResult(), convention: conventionOf(choice) });

  it('leaves z undefined with a reason, and s as it was', () => {
    const view = under(folded);
    const [s, z] = (['s', 'z'] as const).map(metricFor) as [Metric, Metric];
    expect(new Set(valuesOf(view, z))).toEqual(new Set([null]));
    expect(valuesOf(view, s)).toEqual(valuesOf(fakeView(), s));
    const state = headState(view, { layer: 1, head: 1 }, z);
    expect(state).toMatchObject({ kind: 'undefined', reason: expect.stringContaining('LayerNorm gain') });
  });

  it('draws a band of random orientations unless a gain is folded into the rows', () => {
    for (const [choice, count] of [
      [folded, 0],
      [turned, 1],
    ] as const) {
      const view = under(choice);
      for (const id of ['r', 's', 'z'] as const) {
        const metric = metricFor(id);
        expect(bandsOf([view], metric)).toHaveLength(count);
        expect(rowBand(view, view.rows[0]!, metric) === null).toBe(count === 0);
      }
      expect(sharedDModel([view])).toBe(count === 0 ? undefined : 128);
      const domain = colourDomain([], metricFor('s'), { mode: 'auto' });
      const svg = sceneToSvg(
        figureScene([{ ...fakeResult(), convention: conventionOf(choice) }], {
          metric: metricFor('s'),
          domain,
        }),
      );
      expect(svg.includes('random weights, ±2 s.d.')).toBe(count === 1);
    }
  });
});
