import { describe, expect, it } from 'vitest';
import { compareWithNotebook, notebookScoresFor } from '../../../../src/core/notebook/notebookScores.ts';
import {
  notebookFor,
  notebookForShape,
  notebookTimeOf,
} from '../../../../src/core/notebook/notebookTimes.ts';
import type { AnalysisResult, ModelShape } from '../../../../src/core/result/result.ts';
import { conventionOf, RAW_CONVENTION } from '../../../../src/core/weights/convention.ts';

const BERT: ModelShape = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
const LLAMA: ModelShape = { layers: 32, heads: 32, kvHeads: 32, dModel: 4096, dHead: 128 };
const TINY: ModelShape = { layers: 8, heads: 16, kvHeads: 16, dModel: 256, dHead: 16 };
const TINY_AS_PRINTED: ModelShape = { ...TINY, heads: 4, kvHeads: 4, dHead: 64 };

function resultOf(
  id: string,
  shape: ModelShape,
  r: (layer: number, head: number) => number | null,
  convention: AnalysisResult['convention'] = RAW_CONVENTION,
) {
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);
  const layers = range(shape.layers).map((layer) => ({
    layer,
    tensors: [],
    heads: range(shape.heads).map((head) => ({ head, kvHead: head, r: r(layer, head), s: null })),
  }));
  const model = { id } as AnalysisResult['model'];
  return { model, shape, convention, stacks: [{ name: 'self', shape, layers }] };
}

describe('the notebook’s scores', () => {
  it.each([
    ['bert-large-uncased', BERT, 87],
    ['google-bert/bert-large-uncased', BERT, 87],
    ['Google-BERT/BERT-Large-Uncased', BERT, 87],
    ['meta-llama/Llama-2-7b-hf', LLAMA, 36],
    ['roneneldan/TinyStories-8M', TINY_AS_PRINTED, 32],
    ['roneneldan/TinyStories-8M', TINY, 0],
    ['google-bert/bert-large-uncased', { ...BERT, heads: 8, kvHeads: 8, dHead: 128 }, 0],
  ])('have %s with %o', (id, shape, count) => {
    const scores = notebookScoresFor(id, shape)!.scores;
    expect(scores).toHaveLength(count);
    expect(new Set(scores.map(({ layer, head }) => `${layer} ${head}`)).size).toBe(count);
    for (const { printed, r } of scores) {
      expect(printed).toMatch(/^0\.\d{6,8}$/);
      expect(r).toBe(Number(printed));
    }
  });

  it.each(['bert-base-uncased', 'someone/bert-large-uncased', 'gpt2', ''])('have nothing on %s', (id) => {
    expect(notebookScoresFor(id, BERT)).toBeNull();
    expect(notebookFor(id, BERT)).toBeNull();
  });

  it('leave out the value that was cut off', () => {
    const last = notebookScoresFor('bert-large-uncased', BERT)!.scores.at(-1);
    expect(last).toEqual({ layer: 5, head: 6, printed: '0.62975156', r: 0.62975156 });
  });

  it('show which heads the ellipsis left', () => {
    const { scores } = notebookScoresFor('meta-llama/Llama-2-7b-hf', LLAMA)!;
    const at = (layer: number, head: number) =>
      scores.find((score) => score.layer === layer && score.head === head)?.printed;
    expect([at(0, 0), at(1, 1), at(2, 29), at(31, 31), at(0, 3)]).toEqual([
      '0.52607685',
      '0.85908824',
      '0.66939104',
      '0.48070505',
      undefined,
    ]);
  });

  it('compare with ours and find the largest difference', () => {
    const printed = new Map(
      notebookScoresFor('bert-large-uncased', BERT)!.scores.map(({ layer, head, r }) => [
        `${layer} ${head}`,
        r,
      ]),
    );
    const result = resultOf('bert-large-uncased', BERT, (layer, head) => {
      if (layer === 1 && head === 0) return null;
      return (printed.get(`${layer} ${head}`) ?? 0.5) + (layer === 2 && head === 3 ? -1e-6 : 1e-8);
    });
    const comparison = compareWithNotebook(result)!;
    expect(comparison.rows).toHaveLength(87);
    expect(comparison.maxAbsDifference).toBeCloseTo(1e-6, 12);
    expect(comparison.maxAbsDifference!).toBeLessThan(comparison.tolerance);
    expect(comparison.rows.find(({ layer, head }) => layer === 2 && head === 3)!.difference).toBeCloseTo(
      -1e-6,
      12,
    );
    expect(comparison.rows.find(({ layer, head }) => layer === 1 && head === 0)).toMatchObject({
      ours: null,
      difference: null,
    });
  });

  it('compare with no scores of another convention', () => {
    const folded = conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 });
    const comparison = compareWithNotebook(resultOf('bert-large-uncased', BERT, () => 0.5, folded))!;
    expect(comparison).toMatchObject({ isRaw: false, rows: [], maxAbsDifference: null });
    expect(compareWithNotebook(resultOf('bert-large-uncased', BERT, () => 0.5))!.isRaw).toBe(true);
  });

  it('name the split of TinyStories’ numbers', () => {
    const comparison = compareWithNotebook(resultOf('roneneldan/TinyStories-8M', TINY, () => 0.5))!;
    expect(comparison).toMatchObject({ rows: [], maxAbsDifference: null, shape: { heads: 4, dHead: 64 } });
    expect(comparison.remark).toContain('16 heads of 16');
    expect(compareWithNotebook(resultOf('gpt2', TINY, () => 0.5))).toBeNull();
  });
});

describe('the notebook’s times', () => {
  const at = { layer: 0, head: 0 };
  it('are those that it printed', () => {
    const bert = notebookFor('google-bert/bert-large-uncased', BERT);
    expect(notebookTimeOf(bert, { method: 'norm', scope: 'head' }, at)).toMatchObject({
      meanMs: 3.78,
      sdMs: 0.241,
      printed: '3.78 ms ± 241 µs per loop (mean ± std. dev. of 7 runs, 100 loops each)',
    });
    expect(notebookTimeOf(bert, { method: 'trace', scope: 'head' }, at)).toMatchObject({
      meanMs: 0.593,
      printed: '593 µs ± 38.3 µs per loop (mean ± std. dev. of 7 runs, 1,000 loops each)',
    });
    const llama = notebookFor('meta-llama/llama-2-7b-hf', LLAMA);
    expect(notebookTimeOf(llama, { method: 'norm', scope: 'head' }, at)?.meanMs).toBe(123);
    expect(notebookTimeOf(llama, { method: 'trace', scope: 'head' }, at)?.meanMs).toBe(4.94);
    const tiny = notebookFor('roneneldan/TinyStories-8M', TINY);
    expect(notebookTimeOf(tiny, { method: 'trace-full', scope: 'all' }, at)).toMatchObject({
      meanMs: 20.9,
      heads: 32,
    });
    expect(tiny?.sameSplit).toBe(false);
    expect(notebookFor('roneneldan/TinyStories-8M', TINY_AS_PRINTED)?.sameSplit).toBe(true);
  });

  it('stand beside made-up weights of the same shape alone', () => {
    const row = (method: 'norm' | 'trace-full', scope: 'head' | 'all') => ({ method, scope });
    expect(notebookTimeOf(notebookForShape(BERT), row('norm', 'head'), at)?.meanMs).toBe(3.78);
    expect(notebookTimeOf(notebookForShape(LLAMA), row('norm', 'head'), at)?.meanMs).toBe(123);
    const tiny = notebookForShape(TINY_AS_PRINTED);
    expect(tiny).toMatchObject({ sameSplit: true, sameWeights: false });
    expect(notebookTimeOf(tiny, row('trace-full', 'all'), at)?.meanMs).toBe(20.9);
    expect(notebookForShape(TINY)).toBeNull();
    expect(notebookForShape({ ...BERT, kvHeads: 8 })).toBeNull();
    expect(notebookForShape({ ...BERT, dModel: 512 })).toBeNull();
    // Fewer layers: one head is still the same, all are not.
    expect(notebookTimeOf(notebookForShape({ ...BERT, layers: 2 }), row('norm', 'head'), at)?.meanMs).toBe(
      3.78,
    );
    const part = notebookForShape({ ...TINY_AS_PRINTED, layers: 2 });
    expect(notebookTimeOf(part, row('trace-full', 'all'), at)).toBeNull();
  });

  it('are empty for other methods, scopes and layers, and for head 5, which was cut off', () => {
    const bert = notebookFor('bert-large-uncased', BERT);
    expect(notebookTimeOf(bert, { method: 'norm', scope: 'layer' }, at)).toBeNull();
    expect(notebookTimeOf(bert, { method: 'trace-full', scope: 'all' }, at)).toBeNull();
    expect(notebookTimeOf(bert, { method: 'norm', scope: 'head' }, { layer: 1, head: 0 })).toBeNull();
    expect(notebookTimeOf(bert, { method: 'norm', scope: 'head' }, { layer: 0, head: 4 })?.meanMs).toBe(4.09);
    expect(notebookTimeOf(bert, { method: 'norm', scope: 'head' }, { layer: 0, head: 5 })).toBeNull();
    expect(notebookTimeOf(null, { method: 'norm', scope: 'head' }, at)).toBeNull();
  });
});
