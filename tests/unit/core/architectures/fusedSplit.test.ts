import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FUSED_SPLITS,
  type FusedSplit,
  fusedFeatures,
  separateFeatures,
  splitAllows,
} from '../../../../src/core/architectures/fusedSplit.ts';

/**
 * Labels of the output features in storage order, by nested loops as the modelling files reshape them: an
 * independent telling of the same layouts.
 */
function labels(split: FusedSplit, heads: number, kvHeads: number, dh: number): string[] {
  const out: string[] = [];
  const block = (kind: string, head: number) => {
    for (let c = 0; c < dh; c++) out.push(`${kind}${head}.${c}`);
  };
  const count = (n: number) => Array.from({ length: n }, (_, i) => i);
  if (split === 'concat') {
    for (const h of count(heads)) block('q', h);
    for (const g of count(kvHeads)) block('k', g);
    for (const g of count(kvHeads)) block('v', g);
  } else if (split === 'per-head') {
    for (const h of count(heads)) for (const kind of ['q', 'k', 'v']) block(kind, h);
  } else if (split === 'per-group') {
    const group = heads / kvHeads;
    for (const g of count(kvHeads)) {
      for (const r of count(group)) block('q', g * group + r);
      block('k', g);
      block('v', g);
    }
  } else {
    for (const part of count(4))
      for (const kind of ['q', 'v', 'k'])
        for (const h of count(heads / 4)) block(kind, (part * heads) / 4 + h);
  }
  return out;
}

describe('fused layouts', () => {
  it('begin every head where the modelling file’s reshape puts it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FUSED_SPLITS),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (split, kvHeads, group, dh) => {
          const heads = kvHeads * group;
          fc.pre(splitAllows(split, { heads, kvHeads }));
          const want = labels(split, heads, kvHeads, dh);
          const { q, k, total } = fusedFeatures(split, { heads, kvHeads }, dh);
          expect(total).toBe(want.length);
          expect(q.map((at) => want[at])).toEqual(q.map((_, h) => `q${h}.0`));
          expect(k.map((at) => want[at])).toEqual(k.map((_, g) => `k${g}.0`));
          for (const at of [...q, ...k]) expect(want[at + dh - 1]).toMatch(new RegExp(`\\.${dh - 1}$`));
        },
      ),
    );
  });

  it('refuse grouped queries in interleaved heads and unequal parts in CodeGen', () => {
    expect(splitAllows('per-head', { heads: 8, kvHeads: 2 })).toBe(false);
    expect(splitAllows('mp-qvk', { heads: 6, kvHeads: 6 })).toBe(false);
    expect(splitAllows('per-group', { heads: 8, kvHeads: 3 })).toBe(false);
    expect(splitAllows('concat', { heads: 8, kvHeads: 1 })).toBe(true);
  });

  it('place a gate after each head’s queries', () => {
    expect(separateFeatures(3, 4)).toEqual([0, 4, 8]);
    expect(separateFeatures(3, 4, true)).toEqual([0, 8, 16]);
  });
});
