import { describe, expect, it } from 'vitest';
import type { UserEntry } from '../../../../src/core/result/userScores.ts';
import { matchUserScores } from '../../../../src/core/userScores/matchUserScores.ts';

const SHAPE = { layers: 2, heads: 2, kvHeads: 2, dModel: 8, dHead: 4 };
const STACK = {
  name: 'decoder.self',
  shape: SHAPE,
  layers: [
    { layer: 0, tensors: [], heads: [] },
    // A hybrid's attention layers keep their own numbers; this one has fewer heads.
    { layer: 4, tensors: [], heads: [], shape: { heads: 1, kvHeads: 1, dModel: 8, dHead: 4 } },
  ],
};
const match = (...entries: UserEntry[]) => matchUserScores({ name: 'x', entries }, STACK);

describe('matchUserScores', () => {
  it('puts values on layers by their own numbers', () => {
    const { values, matched, missing, unknown } = match(
      { layer: 4, head: 0, value: 7 },
      { layer: 0, head: 1, value: -1 },
    );
    expect([...values]).toEqual([
      [0, [null, -1]],
      [4, [7]],
    ]);
    expect([matched, missing, unknown]).toEqual([2, ['L0H0'], []]);
  });

  it('names the heads that the model lacks and those without a value', () => {
    const { matched, missing, unknown } = match(
      { layer: 4, head: 1, value: 1 },
      { layer: 1, head: 0, value: 2 },
      { layer: 0, head: 0, value: null },
    );
    expect(matched).toBe(0);
    expect(missing).toEqual(['L0H0', 'L0H1', 'L4H0']);
    expect(unknown).toEqual(['L4H1', 'L1H0']);
  });

  it('ignores entries of other maps', () => {
    const { matched, unknown } = match(
      { layer: 0, head: 0, value: 1, stack: 'encoder.self' },
      { layer: 0, head: 0, value: 2, stack: 'decoder.self' },
    );
    expect([matched, unknown]).toEqual([1, []]);
  });
});
