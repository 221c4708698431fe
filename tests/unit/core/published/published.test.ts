import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, layerStatistic } from '../../../../src/core/published/layerStatistic.ts';
import {
  loadPublished,
  PUBLISHED_FAULTS,
  type PublishedModel,
  placesAmong,
  publishedOf,
} from '../../../../src/core/published/publishedModels.ts';
import type { LayerResult } from '../../../../src/core/result/result.ts';

let published: readonly PublishedModel[] = [];
beforeAll(async () => {
  published = await loadPublished();
});

describe('the published scores', () => {
  it('have the medians and quartiles of the paper’s printed table', () => {
    const rows = readFileSync('tests/fixtures/published/table.csv', 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    let compared = 0;
    for (const [model, ...printed] of rows) {
      const of = publishedOf(published, model!, 'self').filter(({ group }) => group === 'language');
      if (of.length === 0) continue;
      compared++;
      const [median, below, above] = printed.map(Number) as [number, number, number];
      // Printed to two decimals; a model with two entries is in the table with one of them.
      const fits = of.some(
        (entry) =>
          Math.abs(entry.median - median) < 0.00501 &&
          Math.abs(entry.median - entry.q1 - below) < 0.00501 &&
          Math.abs(entry.q3 - entry.median - above) < 0.00501,
      );
      expect(fits, model).toBe(true);
    }
    expect(compared).toBeGreaterThan(45);
  });

  it('are scores whose reasons stand beside wrong ones alone', () => {
    expect(published.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(130);
    for (const { models, s, verdict, why } of published) {
      expect(s.length, models[0]).toBeGreaterThan(0);
      expect(s.every((value) => value >= -1 && value <= 1)).toBe(true);
      expect(why.every((fault) => PUBLISHED_FAULTS[fault].endsWith('.'))).toBe(true);
      if (verdict !== 'other') expect(why.length > 0, models[0]).toBe(verdict !== 'ok');
    }
  });

  it('lie at 1/d, where chance puts whole layers, for models that were never loaded', () => {
    const random = published.filter(({ why }) => why.includes('random-weights'));
    const widths: Readonly<Record<string, number>> = {
      'meta-llama/Meta-Llama-3-8B': 4096,
      'meta-llama/Llama-3.2-1B': 2048,
      'microsoft/Phi-3-mini-4k-instruct': 3072,
    };
    expect(random.map(({ models }) => models[0]).sort()).toEqual(Object.keys(widths).sort());
    for (const { models, s } of random) {
      const d = widths[models[0]!]!;
      const mean = s.reduce((sum, value) => sum + value, 0) / s.length;
      expect(Math.abs(mean - 1 / d)).toBeLessThan((3.5 * Math.SQRT2) / d / Math.sqrt(s.length));
    }
  });
});

describe('publishedOf', () => {
  const ids = (id: string, stack: string) =>
    publishedOf(published, id, stack).map(({ kind, verdict }) => `${kind} ${verdict}`);

  it('finds a model by its old and its new name', () => {
    for (const id of ['gpt2', 'openai-community/gpt2', 'GPT2'])
      expect(ids(id, 'self')).toEqual(['decoder ok']);
    expect(ids('google-bert/bert-base-uncased', 'self')).toEqual(['encoder ok']);
    expect(ids('roberta-base', 'self')).toEqual(['encoder ok']);
    expect(ids('someone/gpt2', 'self')).toEqual([]);
  });

  it('separates encoders, decoders and cross attention', () => {
    expect(ids('t5-small', 'encoder.self')).toEqual(['encoder ok']);
    expect(ids('t5-small', 'decoder.self')).toEqual(['decoder ok']);
    expect(ids('t5-small', 'decoder.cross')).toEqual([]);
  });

  it('has both entries of a model that was published twice', () => {
    expect(
      publishedOf(published, 'meta-llama/Meta-Llama-3-8B', 'self')
        .flatMap(({ why }) => why)
        .sort(),
    ).toEqual(['key-heads', 'random-weights']);
  });
});

describe('placesAmong', () => {
  it('counts the trustworthy models of each kind below a value', () => {
    const counts = (value: number) => placesAmong(published, value).map(({ below, of }) => [below, of]);
    const of = (kind: string) => published.filter((m) => m.kind === kind && m.verdict === 'ok');
    expect(counts(-2)).toEqual([
      [0, of('encoder').length],
      [0, of('decoder').length],
    ]);
    expect(counts(2).every(([below, all]) => below === all)).toBe(true);
    // The paper's claim: most encoders lie above 0.2, most decoders below.
    const [[encoders, allEncoders], [decoders, allDecoders]] = counts(0.2) as [
      [number, number],
      [number, number],
    ];
    expect(encoders / allEncoders).toBeLessThan(0.15);
    expect(decoders / allDecoders).toBeGreaterThan(0.75);
  });
});

describe('layerStatistic', () => {
  const head = { head: 0, kvHead: 0, r: 0.9, s: 0.8 };
  const layer = (at: number, s?: number | null): LayerResult => ({
    layer: at,
    tensors: [],
    heads: [head],
    ...(s === undefined ? {} : { score: { r: s === null ? null : (1 + s) / 2, s } }),
  });

  it('is of whole layers, never of heads, once all are there', () => {
    expect(layerStatistic({ layers: [layer(0, 0.1), layer(1)] })).toBeNull();
    expect(layerStatistic({ layers: [] })).toBeNull();
    expect(layerStatistic({ layers: [layer(0, 0.1), layer(1, 0.3), layer(2, 0.2)] })).toEqual({
      median: 0.2,
      q1: 0.15000000000000002,
      q3: 0.25,
      s: [0.1, 0.3, 0.2],
    });
  });

  it('is null where a layer’s score is undefined or a layer is missing', () => {
    expect(layerStatistic({ layers: [layer(0, 0.1), layer(1, 0.3), layer(2, null)] })).toBeNull();
    for (const code of ['missing-tensor', 'dtype-unsupported', 'engine-failed'] as const) {
      const lost = { layer: 1, tensors: [], heads: [], skipped: { code, reason: '' } };
      expect(layerStatistic({ layers: [layer(0, 0.1), lost, layer(2, 0.3)] })).toBeNull();
    }
  });

  it('leaves layers without attention out', () => {
    const none = { layer: 1, tensors: [], heads: [], skipped: { code: 'no-attention', reason: '' } } as const;
    expect(layerStatistic({ layers: [layer(0, 0.1), none, layer(2, 0.3)] })?.median).toBeCloseTo(0.2, 12);
  });

  it('is compared with the published layers one by one, where they are as many', () => {
    const ours = layerStatistic({ layers: [layer(0, 0.1), layer(1, 0.3)] })!;
    expect(largestDifference(ours, [0.1, 0.25])).toBeCloseTo(0.05, 12);
    expect(largestDifference(ours, [0.1])).toBeNull();
  });
});
