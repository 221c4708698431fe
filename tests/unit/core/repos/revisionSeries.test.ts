import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenly, findSeries } from '../../../../src/core/repos/revisionSeries.ts';

const orderOf = (names: readonly string[]) =>
  findSeries(names).map(({ pattern, points }) => [pattern, ...points.map(({ name }) => name)]);

describe('findSeries', () => {
  it.each<[string, string[], string, string, [string, number][]]>([
    [
      'Pythia’s branches, by number and not by letter',
      ['main', 'step1000', 'step512', 'step143000', 'step0'],
      'step…',
      'step',
      [
        ['step0', 0],
        ['step512', 512],
        ['step1000', 1000],
        ['step143000', 143_000],
      ],
    ],
    [
      'OLMo’s, which count tokens too',
      ['main', 'step1000-tokens4B', 'step2000-tokens8B'],
      'step…-tokens#B',
      'step',
      [
        ['step1000-tokens4B', 1000],
        ['step2000-tokens8B', 2000],
      ],
    ],
    [
      'the Trainer’s folders',
      ['checkpoint-500', 'checkpoint-1000', 'runs'],
      'checkpoint-…',
      'checkpoint',
      [
        ['checkpoint-500', 500],
        ['checkpoint-1000', 1000],
      ],
    ],
    [
      'thousands written short',
      ['step_20k', 'step_100k', 'step_0k'],
      'step_…',
      'step',
      [
        ['step_0k', 0],
        ['step_20k', 20_000],
        ['step_100k', 100_000],
      ],
    ],
    [
      'global steps and iterations',
      ['global_step10', 'global_step2'],
      'global_step…',
      'step',
      [
        ['global_step2', 2],
        ['global_step10', 10],
      ],
    ],
  ])('%s', (_, names, pattern, word, points) => {
    expect(findSeries(names)).toEqual([
      { pattern, word, points: points.map(([name, step]) => ({ name, step })) },
    ]);
  });

  it('guesses nothing from versions, sizes and dates', () => {
    const names = [
      'v1',
      'v2',
      '1.0',
      '2.0',
      '2024-01-01',
      '2024-02-01',
      'fp16',
      'q4',
      'q8',
      'step1',
      'step1.5',
    ];
    expect(findSeries(names)).toEqual([]);
  });

  it('separates several series, the longest first, and none with repeated steps', () => {
    expect(
      orderOf(['stage2-step10', 'stage2-step20', 'stage1-step30', 'stage1-step10', 'stage1-step20']),
    ).toEqual([
      ['stage1-step…', 'stage1-step10', 'stage1-step20', 'stage1-step30'],
      ['stage2-step…', 'stage2-step10', 'stage2-step20'],
    ]);
    expect(findSeries(['step10-run1', 'step10-run2', 'step20-run1'])).toEqual([]);
    // One of many was saved twice.
    const steps = Array.from({ length: 20 }, (_, at) => `step${at + 1}000-tokens${4 * (at + 1)}B`);
    const [series] = findSeries([...steps, 'step3000-tokens13B']);
    expect(series?.points.map(({ name }) => name)).toEqual(steps);
  });
});

describe('evenly', () => {
  it('takes as many as requested in order, with both ends and none twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 2, max: 40 }), (length, count) => {
        const items = Array.from({ length }, (_, at) => at);
        const taken = evenly(items, count);
        expect(taken).toHaveLength(Math.min(length, count));
        expect([...new Set(taken)].sort((a, b) => a - b)).toEqual(taken);
        if (length > 0) expect([taken[0], taken.at(-1)]).toEqual([0, length - 1]);
      }),
    );
  });
});
