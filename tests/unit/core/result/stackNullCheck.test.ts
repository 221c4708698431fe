import { describe, expect, it } from 'vitest';
import { zScore } from '../../../../src/core/metrics/zScore.ts';
import type { StackResult } from '../../../../src/core/result/result.ts';
import { stackNullCheck } from '../../../../src/core/result/stackNullCheck.ts';

const SHAPE = { layers: 2, heads: 2, kvHeads: 2, dModel: 512, dHead: 64 };

function stack(name: string): StackResult {
  const reason = { code: 'zero', reason: 'M is zero' } as const;
  return {
    name,
    shape: SHAPE,
    layers: [
      {
        layer: 0,
        tensors: [],
        heads: [
          { head: 0, kvHead: 0, r: 0.6, s: 0.2 },
          { head: 1, kvHead: 1, r: null, s: null, reason },
        ],
      },
      {
        layer: 1,
        tensors: [],
        shape: { heads: 1, kvHeads: 1, dModel: 1024, dHead: 64 },
        heads: [{ head: 0, kvHead: 0, r: 0.55, s: 0.1 }],
      },
    ],
  };
}

describe('stackNullCheck', () => {
  it('takes each head’s z at its own layer’s width without undefined heads', () => {
    const check = stackNullCheck(stack('self'));
    expect(check?.heads).toBe(2);
    expect(check?.mean).toBeCloseTo((zScore(0.2, 512) + zScore(0.1, 1024)) / 2, 12);
    expect(check?.verdict).toBe('not-random');
  });

  it('is null for cross attention', () => {
    expect(['decoder.cross', 'text.cross', 'cross'].map((name) => stackNullCheck(stack(name)))).toEqual([
      null,
      null,
      null,
    ]);
  });
});
