import { describe, expect, it } from 'vitest';
import { arrange } from '../../../src/figures/arrangement.ts';
import { heatmapLayout } from '../../../src/figures/heatmapLayout.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { headValuesText } from '../../../src/ui/heatmap/copyHead.ts';
import { headAriaLabel, nameOf } from '../../../src/ui/heatmap/headText.ts';
import { lineText } from '../../../src/ui/heatmap/lineText.ts';
import { fakeView } from '../figures/fakeResult.ts';

const third = 1 / 3;
const view = fakeView({
  layers: 3,
  heads: 4,
  arrived: 2,
  score: (layer, head) => (layer === 0 ? [0.1, 0.2, third, 0.4][head]! : head === 0 ? null : -0.25),
});
const S = metricFor('s');

describe('text of the map', () => {
  it('reads a head as its place and its metric with two decimals', () => {
    expect(headAriaLabel(view, { layer: 0, head: 2 }, S)).toBe('layer 0, head 2, s 0.33');
    expect(headAriaLabel(view, { layer: 0, head: 2 }, metricFor('r'))).toBe('layer 0, head 2, r 0.67');
    expect(headAriaLabel(view, { layer: 1, head: 0 }, S)).toBe('layer 1, head 0, no value: M is zero');
    expect(headAriaLabel(view, { layer: 2, head: 0 }, S)).toBe('layer 2, head 0, not scored yet');
  });

  it('names a head’s key head once it is scored', () => {
    const shared = fakeView({ layers: 2, heads: 4, kvHeads: 2, arrived: 1 });
    // As a model might share them that deals its key heads out in turn.
    const rows = shared.rows.map((row) => ({
      ...row,
      heads: row.heads.map((head) => ({ ...head, kvHead: head.head % 2 })),
    }));
    const names = [0, 1].map((layer) => nameOf({ ...shared, rows }, { layer, head: 1 }));
    expect(names[0]).toMatch(/^L0H1\D+1$/);
    expect(names[1]).toBe('L1H1');
  });

  it('reads a layer by its median and quartiles, and a column by its mean', () => {
    const layout = heatmapLayout(view, 20, { strip: true });
    const say = (line: Parameters<typeof lineText>[3]) => lineText(view, layout, S, line);
    // Quartiles between order statistics: 0.1 + 0.75·0.1, and ⅓ + 0.25·(0.4 − ⅓).
    expect(say({ axis: 'layer', layer: 0 })).toBe('layer 0: median s 0.2667, IQR 0.1750 … 0.3500, 4 heads');
    expect(say({ axis: 'layer', layer: 2 })).toBe('layer 2: no values yet');
    expect(say({ axis: 'column', column: 1 })).toBe('head 1: mean s −0.0250 over layers');
    const ranked = heatmapLayout(view, 20, { strip: true, arrangement: arrange(view, S, 'score') });
    // The best of each layer: 0.4 and −0.25.
    expect(lineText(view, ranked, S, { axis: 'column', column: 0 })).toBe(
      'rank 1: mean s 0.0750 over layers',
    );
  });

  it('copies a head’s numbers so that they parse back to the same doubles', () => {
    const other = { ...view, title: 'other' };
    const lines = headValuesText([view, other], { layer: 0, head: 2 })
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines[0]).toEqual(['model', 'layer', 'head', 's', 'r', 'z']);
    expect(lines[1]?.slice(0, 3)).toEqual([view.title, '0', '2']);
    expect(Number(lines[1]?.[3])).toBe(third);
    expect(Number(lines[1]?.[4])).toBe((1 + third) / 2);
    expect(lines).toHaveLength(3);
  });
});
