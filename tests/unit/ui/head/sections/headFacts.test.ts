import { describe, expect, it } from 'vitest';
import { stackView } from '../../../../../src/figures/heatmapView.ts';
import { metricFor } from '../../../../../src/figures/metric.ts';
import { extremeHeads } from '../../../../../src/ui/head/sections/headFacts.ts';
import { headRank } from '../../../../../src/ui/heatmap/headRank.ts';
import { fakeResult } from '../../../figures/fakeResult.ts';

/** s grows with the head's number, ‖M‖ falls. */
function viewWithNorms() {
  const result = fakeResult({ layers: 2, heads: 4, score: (layer, head) => (4 * layer + head) / 10 });
  const stacks = result.stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map((row) => ({
      ...row,
      heads: row.heads.map((head) => ({ ...head, norm: 100 - 4 * row.layer - head.head })),
    })),
  }));
  return stackView({ ...result, stacks });
}

const names = (entries: readonly { ref: { layer: number; head: number } }[]) =>
  entries.map(({ ref }) => `L${ref.layer}H${ref.head}`);

describe('extremeHeads', () => {
  it('ranks by the requested metric, the farthest out first', () => {
    const view = viewWithNorms();
    const byS = extremeHeads(view, metricFor('s'), 2);
    expect([names(byS.highest), names(byS.lowest)]).toEqual([
      ['L1H3', 'L1H2'],
      ['L0H0', 'L0H1'],
    ]);
    const byNorm = extremeHeads(view, metricFor('norm'), 2);
    expect([names(byNorm.highest), names(byNorm.lowest)]).toEqual([
      ['L0H0', 'L0H1'],
      ['L1H3', 'L1H2'],
    ]);
    expect(byNorm.highest.map(({ value }) => value)).toEqual([100, 99]);
    // The rank in the panel stays one by s.
    expect(headRank(view, { layer: 1, head: 3 })).toEqual({ rank: 1, of: 8 });
  });

  it('lists no head without a value, and none in both lists', () => {
    const view = viewWithNorms();
    expect(extremeHeads(view, metricFor('directionality'), 3)).toEqual({ highest: [], lowest: [] });
    const { highest, lowest } = extremeHeads(view, metricFor('s'), 99);
    expect(new Set([...names(highest), ...names(lowest)]).size).toBe(8);
  });
});
