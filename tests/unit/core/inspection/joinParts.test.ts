import { describe, expect, it } from 'vitest';
import { joinParts } from '../../../../src/core/inspection/joinParts.ts';
import { applyConvention } from '../../../../src/core/weights/applyConvention.ts';
import type { LayerWeights } from '../../../../src/core/weights/layerWeights.ts';
import { explicitM, normByDefinition } from '../../../support/explicitM.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const mOf = (weights: LayerWeights) =>
  explicitM(
    weights,
    weights.q.map((_, head) => head),
  );

describe('a layer that comes in parts', () => {
  it.each(['bert-f32', 'llama-gqa-bf16', 'gpt_neox-f16'])(
    'is one again with the same M: %s',
    async (name) => {
      for (const weights of await readLayers(caseFiles(name))) {
        const { dModel: d } = weights;
        const inputGain = Float64Array.from({ length: d }, (_, i) => 2 ** Math.sin(i));
        const transform = { inputGain, headGains: null, rotation: null };
        const join = joinParts({ heads: weights.q.length, kvHeads: weights.k.length });
        // One group of heads a part.
        const parts = [...applyConvention(weights, transform, 0, 1)];
        expect(parts).toHaveLength(weights.k.length);
        for (const part of parts) join.add(part.weights);
        const whole = join.whole() as LayerWeights;
        expect([whole.q.length, whole.k.length]).toEqual([weights.k.length, weights.k.length]);
        // diag(γ) M diag(γ), element by element.
        const want = mOf(weights).map((row, i) =>
          row.map((value, j) => inputGain[i]! * value * inputGain[j]!),
        );
        const bound = 1e-12 * normByDefinition(want);
        for (const [i, row] of mOf(whole).entries())
          for (const [j, value] of row.entries())
            expect(Math.abs(value - want[i]![j]!)).toBeLessThanOrEqual(bound);
      }
    },
  );

  it('is the same object where it comes whole', async () => {
    const [weights] = await readLayers(caseFiles('bert-f32'));
    const shape = { heads: weights!.q.length, kvHeads: weights!.k.length };
    const one = joinParts(shape, 0);
    one.add(weights!);
    expect(one.whole()).toBe(weights);
  });

  it('is refused where it is too large', async () => {
    const [weights] = await readLayers(caseFiles('bert-f32'));
    const shape = { heads: weights!.q.length, kvHeads: weights!.k.length };
    const transform = { inputGain: null, headGains: null, rotation: null };
    const bytes = 2 * shape.kvHeads * weights!.dModel * weights!.dHead * 8;
    for (const [most, fits] of [
      [bytes, true],
      [bytes - 1, false],
    ] as const) {
      const join = joinParts(shape, most);
      for (const part of applyConvention(weights!, transform, 0, 1)) join.add(part.weights);
      if (fits) expect(join.whole()).toHaveProperty('q.length', shape.heads);
      else expect(join.whole()).toMatchObject({ code: 'too-large' });
    }
  });
});
