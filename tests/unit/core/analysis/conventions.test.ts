import { describe, expect, it } from 'vitest';
import { conventionOf } from '../../../../src/core/weights/convention.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { expectClose, NOTHING, offersOf, scoreBy } from '../../../support/conventions.ts';
import { explicitRatios, halfPairs, rotaryFrequencies } from '../../../support/explicitLlama.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { type ReadTensor, readTensors } from '../../../support/readTensors.ts';

const LLAMA = 'llama-gqa-bf16';
const SPLIT = { heads: 8, kvHeads: 2 };

function llamaLayer(tensors: ReadonlyMap<string, ReadTensor>, layer: number) {
  const of = (name: string) => tensors.get(`model.layers.${layer}.${name}.weight`)!;
  return { q: of('self_attn.q_proj'), k: of('self_attn.k_proj'), norm: of('input_layernorm') };
}

describe('a Llama under conventions gives r of M written out', () => {
  const tensors = readTensors(LLAMA);

  it.each([0, 1, -3, 64])('rotates at Δ = %d', async (ropeOffset) => {
    const { result } = await scoreBy(caseFiles(LLAMA), { ropeOffset });
    expect(result.stacks[0]!.layers).toHaveLength(3);
    for (const { layer, heads } of result.stacks[0]!.layers) {
      const { q, k } = llamaLayer(tensors, layer);
      const want = explicitRatios(q, k, SPLIT, {
        offset: ropeOffset,
        pairs: halfPairs(8),
        frequencies: rotaryFrequencies(8),
      });
      expectClose(
        heads.map(({ r }) => r),
        want,
      );
    }
  });

  it('folds in the gain of the norm before attention', async () => {
    const { result, plan } = await scoreBy(caseFiles(LLAMA), { layerNorm: true });
    expect(result.stacks[0]!.layers).toHaveLength(3);
    for (const { layer, heads, tensors: uses } of result.stacks[0]!.layers) {
      const { q, k, norm } = llamaLayer(tensors, layer);
      expect(norm.values.some((value) => Math.abs(value - 1) > 0.05)).toBe(true);
      expectClose(
        heads.map(({ r }) => r),
        explicitRatios(q, k, SPLIT, { gamma: norm.values }),
      );
      expect(uses.at(-1)).toEqual({
        name: `model.layers.${layer}.input_layernorm.weight`,
        dtype: 'BF16',
        rows: 'its gain, folded into Wq and Wk',
      });
    }
    const raw = lastOf(await analyseLocal(caseFiles(LLAMA)), 'plan');
    expect(plan.bytes.needed - raw.bytes.needed).toBe(3 * 64 * 2);
    expect(result.convention).toEqual({
      name: 'custom',
      layerNorm: true,
      qkNorm: false,
      ropeOffset: 0,
      text: 'weights without bias, LayerNorm gain folded into Wq and Wk, no RoPE',
    });
  });

  it('folds in the gain and rotates together', async () => {
    const { result } = await scoreBy(caseFiles(LLAMA), { layerNorm: true, ropeOffset: -7 });
    const { q, k, norm } = llamaLayer(tensors, 1);
    const want = explicitRatios(q, k, SPLIT, {
      gamma: norm.values,
      offset: -7,
      pairs: halfPairs(8),
      frequencies: rotaryFrequencies(8),
    });
    expectClose(
      result.stacks[0]!.layers[1]!.heads.map(({ r }) => r),
      want,
    );
  });

  it('refuses a norm of queries and keys that the model lacks', async () => {
    expect(await offersOf(caseFiles(LLAMA))).toEqual({
      layerNorm: null,
      qkNorm: 'This model has no norm of queries and keys.',
      rope: null,
    });
    const events = await analyseLocal(caseFiles(LLAMA), {
      convention: conventionOf({ ...NOTHING, qkNorm: true }),
    });
    expect(lastOf(events, 'failed').error).toMatchObject({
      code: 'convention-unavailable',
      message: expect.stringContaining('no norm of queries and keys'),
    });
  });
});

describe('other places of the norm before attention', () => {
  it('multiply by 1 + w in Gemma', async () => {
    const name = 'gemma-headdim-bf16';
    const tensors = readTensors(name);
    const { result } = await scoreBy(caseFiles(name), { layerNorm: true });
    expect(result.stacks[0]!.layers).toHaveLength(2);
    for (const { layer, heads, tensors: uses } of result.stacks[0]!.layers) {
      const { q, k, norm } = llamaLayer(tensors, layer);
      const kvHeads = k.shape[0]! / (q.shape[0]! / heads.length);
      const gamma = norm.values.map((value) => 1 + value);
      expectClose(
        heads.map(({ r }) => r),
        explicitRatios(q, k, { heads: heads.length, kvHeads }, { gamma }),
      );
      expect(uses.at(-1)!.rows).toBe('1 + its numbers, folded into Wq and Wk');
    }
  });

  it('take BERT’s gain from the previous layer’s output norm, and the first from the embeddings', async () => {
    const tensors = readTensors('bert-f32');
    const { result } = await scoreBy(caseFiles('bert-f32'), { layerNorm: true });
    expect(result.stacks[0]!.layers).toHaveLength(3);
    for (const { layer, heads } of result.stacks[0]!.layers) {
      const of = (part: string) => tensors.get(`bert.encoder.layer.${layer}.attention.self.${part}.weight`)!;
      const norm =
        layer === 0 ? 'bert.embeddings.LayerNorm' : `bert.encoder.layer.${layer - 1}.output.LayerNorm`;
      const gamma = tensors.get(`${norm}.weight`)!.values;
      const split = { heads: heads.length, kvHeads: heads.length };
      expectClose(
        heads.map(({ r }) => r),
        explicitRatios(of('query'), of('key'), split, { gamma }),
      );
    }
  });

  it('are unavailable with a reason for BERT’s positions and for a file without config.json', async () => {
    expect((await offersOf(caseFiles('bert-f32'))).rope).toMatch(/aren’t rotated/);
    const alone = caseFiles('bert-f32').filter(({ path }) => path !== 'config.json');
    const answers = { splits: { num_attention_heads: { heads: 4, kvHeads: 4 } } };
    const { stacks } = lastOf(await analyseLocal(alone, { answers }), 'plan');
    const reasons = Object.values(stacks[0]!.offers);
    expect(reasons).toHaveLength(3);
    for (const reason of reasons) expect(reason).toMatch(/config\.json/);
  });
});
