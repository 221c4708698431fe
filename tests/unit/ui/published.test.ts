import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerStatistic } from '../../../src/core/published/layerStatistic.ts';
import {
  loadPublished,
  type PublishedModel,
  publishedOf,
} from '../../../src/core/published/publishedModels.ts';
import { placeText, veryModelText } from '../../../src/ui/distribution/published.ts';

let published: readonly PublishedModel[] = [];
beforeAll(async () => {
  published = await loadPublished();
});

const entryOf = (id: string, at = 0) => publishedOf(published, id, 'self')[at]!;

/** Our own measurement of those weights, off by as much in one layer. */
function measured({ s, median, q1, q3 }: PublishedModel, off: number): LayerStatistic {
  return { median, q1, q3, s: s.map((value, layer) => value + (layer === 1 ? off : 0)) };
}

describe('veryModelText', () => {
  it('says that the scores agree, or how far they differ', () => {
    const gpt2 = entryOf('gpt2');
    expect(veryModelText(gpt2, measured(gpt2, 4e-7))).toMatch(
      /median of 0\.150 .*are the same to (2\.00 × 10⁻⁵|0\.0000200)/,
    );
    expect(veryModelText(gpt2, measured(gpt2, 0.02))).toMatch(
      /differ by up to 0\.0200: these are other weights/,
    );
    expect(veryModelText(gpt2, null)).toBe('The paper published a median of 0.150 for this model.');
  });

  it('says that a published value is wrong, and why', () => {
    const texts = publishedOf(published, 'meta-llama/Meta-Llama-3-8B', 'self').map((entry) =>
      veryModelText(entry, null),
    );
    expect(texts.join('\n')).toMatch(/that is wrong\. The model was built from its config alone/);
    expect(texts.join('\n')).toMatch(/that is wrong\. Query heads were paired with the wrong key heads/);
    expect(veryModelText(entryOf('EleutherAI/pythia-14m'), null)).toMatch(/transposed.*interleaved/);
  });

  it('says that a part of a model is a part', () => {
    const texts = publishedOf(published, 'EleutherAI/gpt-neo-2.7B', 'self').map((entry) =>
      veryModelText(entry, null),
    );
    expect(texts.some((text) => text.endsWith('Only some of the layers were scored.'))).toBe(true);
  });
});

it('placeText counts encoders and decoders apart', () => {
  const gpt2 = entryOf('gpt2');
  const below = (kind: string) =>
    published.filter((m) => m.kind === kind && m.verdict === 'ok' && m.median < gpt2.median).length;
  const all = (kind: string) => published.filter((m) => m.kind === kind && m.verdict === 'ok').length;
  expect(placeText(published, measured(gpt2, 0))).toBe(
    `Median s over whole layers 0.150, quartiles ${gpt2.q1.toFixed(3)} and ${gpt2.q3.toFixed(3)}: above ` +
      `${below('encoder')} of ${all('encoder')} published encoders and ${below('decoder')} of ${all('decoder')} published decoders.`,
  );
});
