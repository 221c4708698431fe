import { describe, expect, it } from 'vitest';
import {
  groupMatrices,
  type Mapping,
  mappingSplits,
  previewMapping,
  shapeKeyOf,
} from '../../../../src/core/architectures/mapping.ts';

const matrices = (names: Record<string, readonly number[]>) =>
  Object.entries(names).map(([name, shape]) => ({
    name,
    shape,
    dtype: 'F32',
    bytes: 4 * shape.reduce((a, b) => a * b, 1),
  }));

const groups = groupMatrices(
  matrices({
    'blocks.0.mix.wq.weight': [48, 40],
    'blocks.1.mix.wq.weight': [48, 40],
    'blocks.3.mix.wq.weight': [48, 40],
    'blocks.0.mix.wk.weight': [24, 40],
    'blocks.1.mix.wk.weight': [24, 40],
    'blocks.2.mix.wk.weight': [24, 40],
    'blocks.0.attn.qkv.weight': [120, 40],
    'blocks.0.norm.weight': [40],
    'embed.weight': [500, 40],
  }),
);
const separate: Mapping = {
  q: 'blocks.{layer}.mix.wq.weight',
  k: 'blocks.{layer}.mix.wk.weight',
  orientation: 'out_in',
  split: 'concat',
  heads: 6,
  kvHeads: 3,
};

describe('manual mapping', () => {
  it('groups matrices by name with the layer’s number left open, without vectors and single matrices', () => {
    expect(groups.map(({ pattern, layers }) => [pattern, layers])).toEqual([
      ['blocks.{layer}.attn.qkv.weight', [0]],
      ['blocks.{layer}.mix.wk.weight', [0, 1, 2]],
      ['blocks.{layer}.mix.wq.weight', [0, 1, 3]],
    ]);
  });

  it('previews what would be read: only layers that have both', () => {
    expect(previewMapping(separate, groups)).toEqual({
      kind: 'fits',
      layers: [0, 1],
      dModel: 40,
      dHead: 8,
      bytes: 3 * 4 * 40 * (48 + 24),
    });
  });

  it.each([
    [{ heads: 5 }, /5 heads over 3 key heads/],
    [{ heads: 6, kvHeads: 6 }, /6 heads over 6/],
    [{ q: 'blocks.{layer}.mix.nothing.weight' }, /No matrix here is named/],
    [{ orientation: 'in_out' as const }, /wouldn't be square/],
  ])('says why %o can’t be read', (change, problem) => {
    expect(previewMapping({ ...separate, ...change }, groups)).toMatchObject({
      kind: 'problem',
      problem: expect.stringMatching(problem),
    });
  });

  it('offers only head counts that fit', () => {
    const offered = mappingSplits(separate, groups);
    expect(offered.map(({ heads, kvHeads }) => [heads, kvHeads])).toEqual([
      [2, 1],
      [4, 2],
      [6, 3],
      [8, 4],
      [12, 6],
      [16, 8],
      [24, 12],
    ]);
    const fused = { ...separate, q: 'blocks.{layer}.attn.qkv.weight', k: 'blocks.{layer}.attn.qkv.weight' };
    for (const split of ['concat', 'per-head', 'per-group'] as const) {
      const splits = mappingSplits({ ...fused, split }, groups);
      expect(splits.length).toBeGreaterThan(0);
      for (const { heads, kvHeads } of splits)
        expect(previewMapping({ ...fused, split, heads, kvHeads }, groups).kind).toBe('fits');
    }
  });

  it('recognises files of the same shape and no others', () => {
    expect(shapeKeyOf(groups)).toBe(shapeKeyOf([...groups]));
    expect(shapeKeyOf(groups.slice(1))).not.toBe(shapeKeyOf(groups));
  });
});
