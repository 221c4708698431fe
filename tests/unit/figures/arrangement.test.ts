import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, columnMeans, SORT_MODES, sortText } from '../../../src/figures/arrangement.ts';
import { headAt } from '../../../src/figures/gridGeometry.ts';
import { fitCell, heatmapLayout } from '../../../src/figures/heatmapLayout.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { headValue } from '../../../src/figures/metricValues.ts';
import { fakeView } from './fakeResult.ts';

const S = metricFor('s');
/** Layer 0: 0.1 0.3 0.2; layer 1: −0.5, undefined, 0.9; layer 2: 0.4 0.5 0.6. */
const SCORES = [
  [0.1, 0.3, 0.2],
  [-0.5, null, 0.9],
  [0.4, 0.5, 0.6],
];
const view = fakeView({ layers: 3, heads: 3, score: (layer, head) => SCORES[layer]![head]! });

describe('arrange', () => {
  it('keeps the order of the model', () => {
    const map = arrange(view, S, 'model');
    expect(map.rows).toEqual([0, 1, 2]);
    expect(map.columnHeads).toEqual([0, 1, 2]);
    expect(map.headAt(2, 1)).toEqual({ layer: 2, head: 1 });
  });

  it('sorts each layer’s heads from high to low with undefined ones last, so that columns are ranks', () => {
    const map = arrange(view, S, 'score');
    expect(map.columnHeads).toBeNull();
    const heads = (row: number) => [0, 1, 2].map((column) => map.headAt(row, column)?.head);
    expect([0, 1, 2].map(heads)).toEqual([
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]);
  });

  it('puts the layer with the highest median on top and unscored layers last', () => {
    const waiting = { ...view, rows: [...view.rows, { layer: 3, tensors: [], heads: [] }] };
    const map = arrange(waiting, S, 'layers');
    // Medians 0.2, 0.2 (of −0.5 and 0.9) and 0.5: equal ones keep their order.
    expect(map.rows).toEqual([2, 0, 1, 3]);
    expect([map.rowOf(2), map.rowOf(0), map.rowOf(9)]).toEqual([0, 1, -1]);
  });

  it('sorts columns by the mean of their head number over the layers that have it', () => {
    expect(columnMeans(view, S)).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0.4, 12),
      expect.closeTo(1.7 / 3, 12),
    ]);
    const map = arrange(view, S, 'heads');
    expect(map.columnHeads).toEqual([2, 1, 0]);
    expect(map.headAt(1, 0)).toEqual({ layer: 1, head: 2 });
  });

  it('shows every head once, and finds each where it stands, in every order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...SORT_MODES),
        fc.func(fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null, freq: 5 })),
        (layers, heads, mode, score) => {
          const any = fakeView({ layers, heads, score: (layer, head) => score(layer * heads + head) });
          const map = arrange(any, S, mode);
          const seen = new Set<string>();
          for (let row = 0; row < layers; row++)
            for (let column = 0; column < heads; column++) {
              const ref = map.headAt(row, column)!;
              expect(map.place(ref)).toEqual({ row, column });
              seen.add(`${ref.layer}.${ref.head}`);
              if (mode !== 'score' || column === 0) continue;
              const [before, here] = [
                headValue(any, map.headAt(row, column - 1)!, S),
                headValue(any, ref, S),
              ];
              expect(before === null ? here : (here ?? -9) <= before).toBe(before === null ? null : true);
            }
          expect(seen.size).toBe(layers * heads);
        },
      ),
    );
  });

  it('gives every order the same room, so that sorting moves nothing around the map', () => {
    const grouped = fakeView({ layers: 6, heads: 16, kvHeads: 4 });
    const box = { width: 700, height: 500, pixelRatio: 1, strip: true };
    const cell = fitCell(grouped, box);
    for (const mode of SORT_MODES) {
      const layout = heatmapLayout(grouped, cell, { strip: true, arrangement: arrange(grouped, S, mode) });
      expect(layout.width).toBeLessThanOrEqual(box.width);
      expect(headAt(layout, layout.columnX(5) + 1, layout.rowY(2) + 1)).toEqual(
        layout.arrangement.headAt(2, 5),
      );
    }
  });

  it('says in what order the heads stand', () => {
    expect(sortText('model', S)).toBe('');
    expect(sortText('score', metricFor('r'))).toContain('columns are ranks');
  });
});

describe('a window on a large map', () => {
  const large = fakeView({ layers: 126, heads: 128, kvHeads: 8 });

  it('shows the part that is scrolled to, under axes that stay', () => {
    const window = { width: 700, height: 500, scrollX: 1000, scrollY: 900 };
    const layout = heatmapLayout(large, 30, { strip: true, window });
    expect(layout.width).toBeLessThanOrEqual(700);
    expect(layout.height).toBeLessThanOrEqual(500);
    const column = 40;
    const [x, y] = [layout.columnX(column) + 15, layout.rowY(33) + 15];
    expect(headAt(layout, x, y)).toEqual({ layer: 33, head: column });
    expect(headAt(layout, layout.gridX - 1, y)).toBeNull();
    expect(headAt(layout, x, layout.gridY + layout.gridHeight)).toBeNull();
  });

  it('never scrolls beyond the cells', () => {
    const window = { width: 700, height: 500, scrollX: 1e6, scrollY: 1e6 };
    const layout = heatmapLayout(large, 30, { strip: true, window });
    const last = { x: layout.columnX(127) + 30, y: layout.rowY(125) + 30 };
    expect(last).toEqual({ x: layout.gridX + layout.gridWidth, y: layout.gridY + layout.gridHeight });
  });
});
