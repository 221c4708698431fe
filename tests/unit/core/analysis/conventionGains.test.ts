import { describe, expect, it } from 'vitest';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { expectClose, madeFiles, offersOf, scoreBy, tensorMaker } from '../../../support/conventions.ts';
import { explicitRatios, halfPairs, rotaryFrequencies } from '../../../support/explicitLlama.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import type { ReadTensor } from '../../../support/readTensors.ts';
import { f32 } from '../../../support/safetensorsBytes.ts';

const tensor = tensorMaker(5);

describe('norms of queries and keys', () => {
  // StableLM's heads are as wide together as the model.
  const [d, dh, heads, kvHeads] = [16, 4, 4, 2];
  const at = (name: string) => `model.layers.0.self_attn.${name}.weight`;
  const base = {
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    num_hidden_layers: 1,
    hidden_size: d,
  };
  const weights = { [at('q_proj')]: tensor(heads * dh, d), [at('k_proj')]: tensor(kvHeads * dh, d) };

  const check = async (
    config: Record<string, unknown>,
    gains: Record<string, ReturnType<typeof tensor>>,
    qGain: (head: number) => number[],
    kGain: (head: number) => number[],
  ) => {
    const { result } = await scoreBy(madeFiles({ ...base, ...config }, { ...weights, ...gains }), {
      qkNorm: true,
    });
    expectClose(
      result.stacks[0]!.layers[0]!.heads.map(({ r }) => r),
      explicitRatios(weights[at('q_proj')]!, weights[at('k_proj')]!, { heads, kvHeads }, { qGain, kGain }),
    );
  };

  it('multiply by one gain for all heads (Qwen 3), and by 1 + w (Gemma 3)', async () => {
    const [q, k] = [tensor(dh), tensor(dh)];
    const gains = { [at('q_norm')]: q, [at('k_norm')]: k };
    const config = { head_dim: dh };
    await check(
      { ...config, model_type: 'qwen3' },
      gains,
      () => q.values,
      () => k.values,
    );
    const plus = (values: number[]) => values.map((value) => 1 + value);
    await check(
      { ...config, model_type: 'gemma3_text' },
      gains,
      () => plus(q.values),
      () => plus(k.values),
    );
  });

  it('multiply by one gain over all heads (OLMo 2), a matrix of them (Cohere) and one per head (StableLM)', async () => {
    const [q, k] = [tensor(heads * dh), tensor(kvHeads * dh)];
    const part = (of: { values: number[] }) => (head: number) => of.values.slice(head * dh, (head + 1) * dh);
    await check({ model_type: 'olmo2' }, { [at('q_norm')]: q, [at('k_norm')]: k }, part(q), part(k));
    await check(
      { model_type: 'cohere', use_qk_norm: true },
      {
        [at('q_norm')]: { ...q, shape: [heads, dh] },
        [at('k_norm')]: { ...k, shape: [kvHeads, dh] },
      },
      part(q),
      part(k),
    );
    const each = (name: string, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, head) => [at(`${name}.norms.${head}`), tensor(dh)]),
      );
    const [qEach, kEach] = [each('q_layernorm', heads), each('k_layernorm', kvHeads)];
    await check(
      { model_type: 'stablelm' },
      { ...qEach, ...kEach },
      (head) => qEach[at(`q_layernorm.norms.${head}`)]!.values,
      (head) => kEach[at(`k_layernorm.norms.${head}`)]!.values,
    );
  });

  it('are refused when the gain is missing or has the wrong size', async () => {
    const model_type = 'qwen3';
    const wrong = { [at('q_norm')]: tensor(dh + 1), [at('k_norm')]: tensor(dh) };
    const offers = await offersOf(madeFiles({ ...base, model_type, head_dim: dh }, { ...weights, ...wrong }));
    expect(offers.qkNorm).toBe(
      'model.layers.0.self_attn.q_norm.weight has the shape [5]; a gain of 4 or 16 numbers was expected.',
    );
    const none = await offersOf(madeFiles({ ...base, model_type, head_dim: dh }, weights));
    expect(none.qkNorm).toBe('Its norm’s gain model.layers.0.self_attn.q_norm.weight isn’t in the files.');
  });

  it('are absent in Cohere without them', async () => {
    expect((await offersOf(madeFiles({ ...base, model_type: 'cohere' }, weights))).qkNorm).toMatch(/no norm/);
  });

  it('are unavailable in Hunyuan, where they come after the rotation', async () => {
    const hunyuan = await offersOf(madeFiles({ ...base, model_type: 'hunyuan_v1_dense' }, weights));
    expect(hunyuan.qkNorm).toMatch(/after the rotation/);
  });
});

describe('layers of different kinds', () => {
  const [d, dh, heads] = [10, 4, 2];
  const layers = 4;
  const tensors = Object.fromEntries(
    Array.from({ length: layers }, (_, layer) =>
      ['q_proj', 'k_proj'].map((name) => [
        `model.layers.${layer}.self_attn.${name}.weight`,
        tensor(heads * dh, d),
      ]),
    ).flat(),
  ) as Record<string, ReturnType<typeof tensor>>;
  const config = { num_attention_heads: heads, num_hidden_layers: layers, hidden_size: d, head_dim: dh };

  it('leave SmolLM 3’s fourth layer, which has no positions, unrotated with a note', async () => {
    const files = madeFiles({ ...config, model_type: 'smollm3', rope_theta: 5000 }, tensors);
    const [turned, raw] = [await scoreBy(files, { ropeOffset: 9 }), await scoreBy(files, {})];
    const rowsOf = ({ result }: typeof raw) => result.stacks[0]!.layers;
    expect(rowsOf(turned).map(({ heads: scored }) => scored.length)).toEqual(Array(layers).fill(heads));
    for (const [layer, row] of rowsOf(turned).entries()) {
      const same = row.heads.every(
        ({ r }, head) => Math.abs(r! - rowsOf(raw)[layer]!.heads[head]!.r!) < 1e-12,
      );
      expect(same).toBe(layer === 3);
      expect(row.note === undefined).toBe(layer !== 3);
    }
  });

  it('rotate Gemma 3’s windowed layers by their separate frequencies', async () => {
    const files = madeFiles(
      {
        ...config,
        model_type: 'gemma3_text',
        rope_theta: 70_000,
        rope_local_base_freq: 300,
        rope_scaling: { rope_type: 'linear', factor: 8 },
        layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
      },
      tensors,
    );
    const { result } = await scoreBy(files, { ropeOffset: 5 });
    for (const { layer, heads: got } of result.stacks[0]!.layers) {
      const frequencies =
        layer % 2 === 0 ? rotaryFrequencies(dh, 300) : rotaryFrequencies(dh, 70_000).map((f) => f / 8);
      expectClose(
        got.map(({ r }) => r),
        explicitRatios(
          tensors[`model.layers.${layer}.self_attn.q_proj.weight`]!,
          tensors[`model.layers.${layer}.self_attn.k_proj.weight`]!,
          { heads, kvHeads: heads },
          { offset: 5, pairs: halfPairs(dh), frequencies },
        ),
      );
    }
  });

  it('skip only the layer whose gain is missing, with the reason', async () => {
    const gains = Object.fromEntries(
      [0, 2, 3].map((layer) => [`model.layers.${layer}.input_layernorm.weight`, tensor(d)]),
    );
    const files = madeFiles({ ...config, model_type: 'llama' }, { ...tensors, ...gains });
    const { result } = await scoreBy(files, { layerNorm: true });
    expect(result.stacks[0]!.layers.map(({ heads: of, skipped }) => [of.length, skipped?.code])).toEqual([
      [2, undefined],
      [0, 'convention-unavailable'],
      [2, undefined],
      [2, undefined],
    ]);
    expect(result.stacks[0]!.layers[1]!.skipped!.reason).toMatch(/layers\.1\.input_layernorm\.weight isn’t/);
  });
});

describe('a GGUF file of a Llama', () => {
  const [d, dh, heads, kvHeads] = [16, 8, 4, 2];
  const [q, k, norm] = [tensor(heads * dh, d), tensor(kvHeads * dh, d), tensor(d)];

  /** As the converter turns a head's rows round: halves become neighbours. */
  function permuted({ shape, values }: ReadTensor): Uint8Array {
    const rows = Array.from({ length: shape[0]! }, (_, row) => values.slice(row * d, (row + 1) * d));
    const order = rows.map((_, row) => {
      const [head, feature] = [Math.floor(row / dh), row % dh];
      return head * dh + (feature % 2 === 0 ? feature / 2 : dh / 2 + (feature - 1) / 2);
    });
    return f32(order.flatMap((row) => rows[row]!));
  }

  const file = (more: Record<string, number | string> = {}, names: string[] = []): LocalFile[] => {
    const bytes = ggufBytes(
      {
        'general.architecture': 'llama',
        'llama.block_count': 1,
        'llama.embedding_length': d,
        'llama.attention.head_count': heads,
        'llama.attention.head_count_kv': kvHeads,
        'llama.attention.key_length': dh,
        'llama.rope.dimension_count': dh,
        ...more,
      },
      [
        { name: 'blk.0.attn_q.weight', shape: q.shape, type: 0, data: permuted(q) },
        { name: 'blk.0.attn_k.weight', shape: k.shape, type: 0, data: permuted(k) },
        { name: 'blk.0.attn_norm.weight', shape: norm.shape, type: 0, data: f32(norm.values) },
        ...names.map((name) => ({ name, shape: [dh / 2], type: 0, data: f32([1, 1, 1, 1]) })),
      ],
    );
    return [{ path: 'model.gguf', blob: new Blob([bytes as BlobPart]) }];
  };

  it('gives the values of the model that it was made from', async () => {
    const { result } = await scoreBy(file(), { layerNorm: true, ropeOffset: -11 });
    expectClose(
      result.stacks[0]!.layers[0]!.heads.map(({ r }) => r),
      explicitRatios(
        q,
        k,
        { heads, kvHeads },
        { gamma: norm.values, offset: -11, pairs: halfPairs(dh), frequencies: rotaryFrequencies(dh) },
      ),
    );
  });

  it('isn’t rotated with factors for its frequencies or another scaling', async () => {
    expect((await offersOf(file({}, ['rope_freqs.weight']))).rope).toMatch(/rope_freqs\.weight/);
    expect((await offersOf(file({ 'llama.rope.scaling.type': 'yarn' }))).rope).toMatch(/“yarn”/);
  });
});
