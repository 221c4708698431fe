import { describe, expect, test } from 'vitest';
import { METHODS, planCalls } from '../../../../src/core/engines/calls.ts';

const shape = { heads: 3, kvHeads: 1, dModel: 8, dHead: 2 };
const handle = {
  layers: [5, 6, 7].map((layer) => ({ ...shape, layer })),
  chunks: [
    [0, 2],
    [2, 3],
  ],
} as const;

describe('planCalls', () => {
  test.each([
    ['norm', 9],
    ['trace', 9],
    ['trace-loop', 9],
    ['trace-heads', 3],
    ['trace-full', 2],
  ] as const)('enters %s %i times for 3 layers of 3 heads in 2 chunks', (method, count) => {
    expect(planCalls(method, { kind: 'all' }, handle)).toHaveLength(count);
  });

  test('goes by layer, then by head', () => {
    expect(planCalls('norm', { kind: 'layer', layerIndex: 1 }, handle)).toEqual(
      [0, 1, 2].map((head) => ({ kernel: 'norm', layerIndex: 1, head })),
    );
  });

  test('takes the handle’s chunks, or the one layer, for trace-full', () => {
    expect(planCalls('trace-full', { kind: 'all' }, handle)).toEqual([
      { kernel: 'trace-full', from: 0, to: 2 },
      { kernel: 'trace-full', from: 2, to: 3 },
    ]);
    expect(planCalls('trace-full', { kind: 'layer', layerIndex: 2 }, handle)).toEqual([
      { kernel: 'trace-full', from: 2, to: 3 },
    ]);
  });

  test.each(METHODS)('makes one call for %s of one head', (method) => {
    expect(planCalls(method, { kind: 'head', layerIndex: 1, head: 2 }, handle)).toEqual([
      { kernel: method === 'norm' ? 'norm' : 'trace', layerIndex: 1, head: 2 },
    ]);
  });
});
