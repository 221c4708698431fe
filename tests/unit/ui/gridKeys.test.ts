import { describe, expect, it } from 'vitest';
import { arrange } from '../../../src/figures/arrangement.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { commandOf, type Move, moved } from '../../../src/ui/heatmap/gridKeys.ts';
import { fakeView } from '../figures/fakeResult.ts';

const view = fakeView({ layers: 12, heads: 6, score: (layer, head) => (head - layer) / 20 });
const S = metricFor('s');
const key = (name: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'altKey', boolean>> = {}) =>
  commandOf({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('commandOf', () => {
  it.each([
    ['Enter', 'open'],
    [' ', 'pin'],
    ['x', 'compare'],
    ['X', 'compare'],
    ['Escape', 'leave'],
    ['s', 'sort'],
    ['c', 'copy'],
    ['+', 'zoomIn'],
    ['-', 'zoomOut'],
    ['0', 'zoomReset'],
    ['[', 'layer'],
    ['.', 'column'],
  ])('%j means %s', (name, kind) => {
    expect(key(name)?.kind).toBe(kind);
  });

  it("leaves the browser's own shortcuts and unknown keys alone", () => {
    expect([
      key('c', { ctrlKey: true }),
      key('s', { ctrlKey: true }),
      key('ArrowLeft', { altKey: true }),
    ]).toEqual([null, null, null]);
    expect([key('Tab'), key('q'), key('F5')]).toEqual([null, null, null]);
  });
});

describe('moved', () => {
  const model = { arrangement: arrange(view, S, 'model'), rows: 12 };
  const go = (from: { layer: number; head: number } | null, name: string, ctrlKey = false) =>
    moved(view, model, from, key(name, { ctrlKey }) as Move);

  it.each([
    ['ArrowUp', 4, 2],
    ['ArrowDown', 6, 2],
    ['ArrowLeft', 5, 1],
    ['ArrowRight', 5, 3],
    ['Home', 5, 0],
    ['End', 5, 5],
    ['PageUp', 0, 2],
    ['PageDown', 11, 2],
    ['[', 4, 2],
    [']', 6, 2],
    [',', 5, 1],
    ['.', 5, 3],
  ])('%s from L5H2 leads to layer %d, head %d', (name, layer, head) => {
    expect(go({ layer: 5, head: 2 }, name)).toEqual({ layer, head });
  });

  it('stops at the edges and enters at the upper left', () => {
    expect(go({ layer: 0, head: 0 }, 'ArrowUp')).toEqual({ layer: 0, head: 0 });
    expect(go({ layer: 11, head: 5 }, 'ArrowRight')).toEqual({ layer: 11, head: 5 });
    expect(go(null, 'ArrowDown')).toEqual({ layer: 0, head: 0 });
    expect([go({ layer: 5, head: 2 }, 'Home', true), go({ layer: 5, head: 2 }, 'End', true)]).toEqual([
      { layer: 0, head: 0 },
      { layer: 11, head: 5 },
    ]);
  });

  it('moves by position on a sorted map, and by layer number with brackets', () => {
    // The layer with the highest median is 0 still, but within a layer the highest head is 5.
    const sorted = { arrangement: arrange(view, S, 'score'), rows: 12 };
    expect(moved(view, sorted, { layer: 3, head: 5 }, { kind: 'step', down: 0, right: 1 })).toEqual({
      layer: 3,
      head: 4,
    });
    const turned = fakeView({ layers: 12, heads: 6, score: (layer) => layer / 20 });
    const layers = { arrangement: arrange(turned, S, 'layers'), rows: 12 };
    expect(moved(turned, layers, { layer: 3, head: 1 }, { kind: 'step', down: 1, right: 0 })).toEqual({
      layer: 2,
      head: 1,
    });
    expect(moved(turned, layers, { layer: 3, head: 1 }, { kind: 'layer', by: 1 })).toEqual({
      layer: 4,
      head: 1,
    });
  });

  it('ends at the last head of a layer that has fewer', () => {
    const rows = view.rows.map((row) =>
      row.layer === 6
        ? { ...row, shape: { heads: 3, kvHeads: 3, dModel: 64, dHead: 16 }, heads: row.heads.slice(0, 3) }
        : row,
    );
    const uneven = { ...view, rows };
    const map = { arrangement: arrange(uneven, S, 'model'), rows: 12 };
    expect(moved(uneven, map, { layer: 5, head: 5 }, { kind: 'step', down: 1, right: 0 })).toEqual({
      layer: 6,
      head: 2,
    });
    expect(moved(uneven, map, { layer: 6, head: 2 }, { kind: 'step', down: 0, right: 1 })).toEqual({
      layer: 6,
      head: 2,
    });
  });
});
