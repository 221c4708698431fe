import { expect, it } from 'vitest';
import { resultsToCsv } from '../../../src/figures/resultsToCsv.ts';
import { analyseLocal, lastOf } from '../../support/analyseLocal.ts';
import { caseFiles } from '../../support/oracle.ts';

const cells = (line: string) => line.split(',');

it('the CSV has one line per head with whole numbers, and empty cells with a reason for undefined ones', async () => {
  const { result } = lastOf(await analyseLocal(caseFiles('bert-degenerate-f32')), 'done');
  const [header, ...lines] = resultsToCsv([result]).trim().split('\n').map(cells);
  const heads = result.stacks[0]!.layers.flatMap(({ layer, heads }) =>
    heads.map((head) => ({ layer, ...head })),
  );
  expect(lines).toHaveLength(heads.length);
  heads.forEach((head, at) => {
    const value = (name: string) => lines[at]![header!.indexOf(name)]!;
    expect([value('layer'), value('head'), value('kv_head')]).toEqual(
      [head.layer, head.head, head.kvHead].map(String),
    );
    for (const name of ['r', 's', 'norm'] as const)
      expect(value(name)).toBe(head[name] === null || head[name] === undefined ? '' : String(head[name]));
    expect(value('directionality')).toBe('');
    expect(value('layer_r')).toBe('');
    expect(value('reason') === '').toBe(head.reason === undefined);
  });
  expect(heads.some(({ reason }) => reason !== undefined)).toBe(true);
});

it('the CSV repeats the whole layer’s values beside each of its heads', async () => {
  const { result } = lastOf(await analyseLocal(caseFiles('bert-f32')), 'done');
  const [stack] = result.stacks;
  const layers = stack!.layers.map((row) => ({
    ...row,
    score: { r: 0.75, s: 0.5 },
    directionality: -0.25,
    heads: row.heads.map((head) => ({ ...head, directionality: head.head === 0 ? null : 0.125 })),
  }));
  const csv = resultsToCsv([{ ...result, stacks: [{ ...stack!, layers }] }]);
  const [header, first, second] = csv.split('\n').map(cells);
  expect(header!.slice(11, 15)).toEqual(['layer_r', 'layer_s', 'layer_directionality', 'reason']);
  expect(first!.slice(11, 15)).toEqual(['0.75', '0.5', '-0.25', '']);
  expect([first![10], second![10]]).toEqual(['', '0.125']);
});

it('the CSV ends with z and the widths, after all columns that were there before', async () => {
  const { result } = lastOf(await analyseLocal(caseFiles('bert-degenerate-f32')), 'done');
  const [header, ...lines] = resultsToCsv([result]).trim().split('\n').map(cells);
  expect(header!.slice(-3)).toEqual(['z', 'd', 'dh']);
  const { dModel, dHead } = result.shape;
  const scores = result.stacks[0]!.layers.flatMap(({ heads }) => heads.map(({ s }) => s));
  expect(scores.some((s) => s === null) && scores.some((s) => s !== null)).toBe(true);
  for (const [index, s] of scores.entries()) {
    const [z, d, dh] = lines[index]!.slice(-3);
    expect([d, dh]).toEqual([String(dModel), String(dHead)]);
    if (s === null) expect(z).toBe('');
    // The null model: mean 1/d, standard deviation √2/d.
    else expect(Number(z)).toBeCloseTo((s - 1 / dModel) / (Math.SQRT2 / dModel), 9);
  }
});
