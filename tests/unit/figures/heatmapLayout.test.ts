import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headAt } from '../../../src/figures/gridGeometry.ts';
import { fitCell, heatmapLayout, MAX_CELL, MIN_CELL, widestMap } from '../../../src/figures/heatmapLayout.ts';
import { fakeView } from './fakeResult.ts';

const shapes = fc.record({
  layers: fc.integer({ min: 1, max: 130 }),
  groups: fc.integer({ min: 1, max: 16 }),
  perGroup: fc.integer({ min: 1, max: 8 }),
  width: fc.integer({ min: 200, max: 2000 }),
  height: fc.integer({ min: 200, max: 1200 }),
  pixelRatio: fc.constantFrom(1, 1.25, 1.5, 2, 3),
});

describe('heatmapLayout', () => {
  it('finds the head in the middle of every cell, and none outside the grid', () => {
    fc.assert(
      fc.property(shapes, ({ layers, groups, perGroup, ...box }) => {
        const view = fakeView({ layers, heads: groups * perGroup, kvHeads: groups, arrived: 0 });
        const cell = fitCell(view, { ...box, strip: true });
        const layout = heatmapLayout(view, cell, { strip: true });
        for (const layer of [0, layers - 1])
          for (let head = 0; head < layout.columns; head++) {
            const [x, y] = [layout.columnX(head) + cell / 2, layout.gridY + (layer + 0.5) * cell];
            expect(headAt(layout, x, y)).toEqual({ layer, head });
          }
        expect(headAt(layout, layout.gridX - 1, layout.gridY + 1)).toBeNull();
        expect(headAt(layout, layout.gridX + layout.gridWidth + 1, layout.gridY + 1)).toBeNull();
        expect(headAt(layout, layout.gridX + 1, layout.gridY - 1)).toBeNull();
      }),
    );
  });

  it('fits the width in whole device pixels unless cells would be too small to see', () => {
    fc.assert(
      fc.property(shapes, ({ layers, groups, perGroup, ...box }) => {
        const view = fakeView({ layers, heads: groups * perGroup, kvHeads: groups, arrived: 0 });
        const cell = fitCell(view, { ...box, strip: false });
        if (cell > MIN_CELL) {
          expect(heatmapLayout(view, cell, { strip: false }).width).toBeLessThanOrEqual(box.width);
          expect(cell * box.pixelRatio).toBeCloseTo(Math.round(cell * box.pixelRatio), 6);
        }
      }),
    );
  });

  it("doesn't move while layers arrive", () => {
    const box = { width: 900, height: 600, pixelRatio: 1, strip: true };
    const [empty, half, full] = [0, 6, 12].map((arrived) => fakeView({ layers: 12, heads: 12, arrived }));
    expect(fitCell(half!, box)).toBe(fitCell(empty!, box));
    expect(fitCell(full!, box)).toBe(fitCell(empty!, box));
  });

  it('is as wide as with the largest cells, and no narrower', () => {
    for (const heads of [1, 12, 64]) {
      const view = fakeView({ layers: 6, heads, arrived: 6 });
      const box = { width: widestMap(view), height: 4000, pixelRatio: 1, strip: true };
      expect(fitCell(view, box)).toBe(MAX_CELL);
      expect(fitCell(view, { ...box, width: box.width - 1 })).toBe(MAX_CELL - 1);
    }
  });
});
