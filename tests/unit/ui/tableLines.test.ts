import { describe, expect, it } from 'vitest';
import { METRICS, metricFor } from '../../../src/figures/metric.ts';
import {
  headColumns,
  headLines,
  layerLines,
  metricColumns,
  sortLines,
} from '../../../src/ui/table/tableLines.ts';
import { fakeView } from '../figures/fakeResult.ts';

const scores = [
  [0.1, -0.2],
  [0.3, null],
  [-0.4, 0.5],
];
const full = fakeView({ layers: 4, heads: 2, arrived: 3, score: (layer, head) => scores[layer]![head]! });
const S = metricFor('s');
// The third layer has one head.
const view = {
  ...full,
  rows: full.rows.map((row) => (row.layer === 2 ? { ...row, heads: row.heads.slice(0, 1) } : row)),
};
const names = (lines: readonly { readonly name: string }[]) => lines.map(({ name }) => name).join(' ');

describe('a table of one line per layer', () => {
  const columns = headColumns(2, S, false);
  const lines = layerLines(view);
  const by = (key: string, direction: 'ascending' | 'descending') =>
    names(sortLines(lines, view, columns, { key, direction }));

  it('distinguishes a value, an undefined one and a head that isn’t there', () => {
    const second = lines.map((line) => columns[1]!.valueOf(view, line));
    expect(second).toEqual([-0.2, null, undefined, undefined]);
    expect(columns[1]!.unavailableReason(view, lines[1]!)).toBe('M is zero');
  });

  it('sorts by a head with undefined values last, both ways', () => {
    expect(by('H0', 'descending')).toBe('L1 L0 L2 L3');
    expect(by('H0', 'ascending')).toBe('L2 L0 L1 L3');
    expect(by('H1', 'descending')).toBe('L0 L1 L2 L3');
    expect(by('H1', 'ascending')).toBe('L0 L1 L2 L3');
  });

  it('reverses its order by layer names', () => {
    expect(by('names', 'descending')).toBe('L3 L2 L1 L0');
    expect(names(sortLines(lines, view, columns, null))).toBe('L0 L1 L2 L3');
  });

  it('ends with the whole layer’s value where it is measured', () => {
    const measured = { ...view, rows: [{ ...view.rows[0]!, score: { r: 0.75, s: 0.5 } }] };
    const last = headColumns(2, S, true).at(-1)!;
    expect(last.name).toBe('whole layer');
    expect(last.valueOf(measured, layerLines(measured)[0]!)).toBe(0.5);
    expect(metricColumns(METRICS, measured.rows).map(({ name }) => name)).toEqual([
      ...['s', 'r', 'z', '‖M‖', 'directionality'],
      ...['r of the layer', 's of the layer'],
    ]);
  });
});

describe('a table of one line per head', () => {
  it('names each head, and a layer without scores once', () => {
    expect(names(headLines(view))).toBe('L0H0 L0H1 L1H0 L1H1 L2H0 L3');
    const columns = metricColumns(METRICS, view.rows);
    const sorted = sortLines(headLines(view), view, columns, { key: 'r', direction: 'descending' });
    expect(names(sorted)).toBe('L1H0 L0H0 L0H1 L2H0 L1H1 L3');
  });
});
