import { describe, expect, it } from 'vitest';
import { layersOf, layoutFor, type Shapes, stacksOf } from '../../../../support/architectures/answerFor.ts';

const two = (shapes: Shapes) => layersOf([0, 1], shapes);
const SEPARATE = {
  'blk.{layer}.attn_q.weight': [64, 64],
  'blk.{layer}.attn_k.weight': [32, 64],
  'blk.{layer}.attn_output.weight': [64, 64],
};
const QKV = { 'blk.{layer}.attn_qkv.weight': [128, 64], 'blk.{layer}.attn_output.weight': [64, 64] };

/** Rank 7, 6 + 2 features a head, values of 5. */
const LATENT = {
  'blk.{layer}.attn_q_a.weight': [9, 24],
  'blk.{layer}.attn_q_a_norm.weight': [9],
  'blk.{layer}.attn_q_b.weight': [32, 9],
  'blk.{layer}.attn_kv_a_mqa.weight': [9, 24],
  'blk.{layer}.attn_kv_a_norm.weight': [7],
  'blk.{layer}.attn_output.weight': [24, 20],
};

describe('GGUF files', () => {
  it.each<[string, Record<string, unknown>, Shapes, string[]]>([
    [
      'q and k apart',
      { model_type: 'llama', num_attention_heads: 4, num_key_value_heads: 2 },
      two(SEPARATE),
      ['self 4/2×16'],
    ],
    [
      'fused: always [Q | K | V], also where the model had interleaved heads',
      { model_type: 'gptneox', num_attention_heads: 4, num_key_value_heads: 2 },
      two(QKV),
      ['self 4/2×16'],
    ],
    [
      'a model type that the registry knows in other clothes',
      { model_type: 'falcon', num_attention_heads: 4, num_key_value_heads: 2 },
      two(QKV),
      ['self 4/2×16'],
    ],
    [
      'key_length in place of the heads',
      { model_type: 'llama', head_dim: 16 },
      two(SEPARATE),
      ['self 4/2×16'],
    ],
    [
      'latent attention, the factors as they were',
      { model_type: 'deepseek2', num_attention_heads: 4 },
      two({ ...LATENT, 'blk.{layer}.attn_kv_b.weight': [44, 7] }),
      ['self 4/4×8'],
    ],
    [
      'latent attention, the keys’ part alone, transposed',
      { model_type: 'deepseek2', num_attention_heads: 4 },
      two({ ...LATENT, 'blk.{layer}.attn_k_b.weight': [4, 7, 6] }),
      ['self 4/4×8'],
    ],
    [
      'T5',
      { model_type: 't5', num_attention_heads: 4 },
      two({
        'enc.blk.{layer}.attn_q.weight': [64, 64],
        'enc.blk.{layer}.attn_k.weight': [64, 64],
        'dec.blk.{layer}.attn_q.weight': [64, 64],
        'dec.blk.{layer}.attn_k.weight': [64, 64],
        'dec.blk.{layer}.cross_attn_q.weight': [64, 64],
        'dec.blk.{layer}.cross_attn_k.weight': [64, 64],
      }),
      ['encoder.self 4/4×16', 'decoder.self 4/4×16', 'decoder.cross 4/4×16'],
    ],
    [
      'T5’s encoder alone',
      { model_type: 't5encoder', num_attention_heads: 4 },
      two({ 'enc.blk.{layer}.attn_q.weight': [64, 64], 'enc.blk.{layer}.attn_k.weight': [64, 64] }),
      ['encoder.self 4/4×16'],
    ],
    [
      'a projector for images, q and k apart',
      { model_type: 'clip', vision_config: { num_attention_heads: 4 } },
      two({ 'v.blk.{layer}.attn_q.weight': [64, 64], 'v.blk.{layer}.attn_k.weight': [64, 64] }),
      ['vision.self 4/4×16'],
    ],
    [
      'a projector for images and sound',
      {
        model_type: 'clip',
        vision_config: { num_attention_heads: 4 },
        audio_config: { num_attention_heads: 8 },
      },
      two({
        'v.blk.{layer}.attn_qkv.weight': [192, 64],
        'a.blk.{layer}.attn_q.weight': [64, 64],
        'a.blk.{layer}.attn_k.weight': [64, 64],
      }),
      ['vision.self 4/4×16', 'audio.self 8/8×8'],
    ],
    [
      'Qwen3-Next, its gates beside the queries',
      { model_type: 'qwen3next', num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16 },
      { ...two({ ...SEPARATE, 'blk.{layer}.attn_q.weight': [128, 64] }), 'blk.0.ssm_ba.weight': [8, 64] },
      ['self 4/2×16'],
    ],
    [
      'Qwen3-Next without its output projection: recognised by its state-space layers',
      { model_type: 'qwen3next', num_attention_heads: 4, num_key_value_heads: 2 },
      {
        ...two({ 'blk.{layer}.attn_q.weight': [128, 64], 'blk.{layer}.attn_k.weight': [32, 64] }),
        'blk.0.ssm_ba.weight': [8, 64],
      },
      ['self 4/2×16'],
    ],
  ])('%s', (_, config, shapes, stacks) => {
    const layout = layoutFor(shapes, { file_format: 'gguf', ...config });
    expect(layout.architecture).toMatch(/^gguf/);
    expect(stacksOf(layout)).toEqual(stacks);
  });

  it('have head counts by layer and layers without attention', () => {
    const shapes = {
      ...layersOf([0, 2], { 'blk.{layer}.ssm_in.weight': [64, 64] }),
      'blk.1.attn_q.weight': [64, 64],
      'blk.1.attn_k.weight': [32, 64],
      'blk.3.attn_q.weight': [128, 64],
      'blk.3.attn_k.weight': [32, 64],
    };
    const config = {
      file_format: 'gguf',
      model_type: 'jamba',
      num_hidden_layers: 4,
      num_attention_heads: [4, 4, 4, 8],
      num_key_value_heads: [0, 2, 0, 2],
    };
    const [stack] = layoutFor(shapes, config).stacks;
    expect(stack!.layers.map(({ layer, heads, kvHeads, dHead }) => [layer, heads, kvHeads, dHead])).toEqual([
      [1, 4, 2, 16],
      [3, 8, 2, 16],
    ]);
    expect(stack!.skipped.map(({ layer, code }) => [layer, code])).toEqual([
      [0, 'no-attention'],
      [2, 'no-attention'],
    ]);
  });

  it('are asked about where GPT-BigCode’s heads are copied as if they had one key head', () => {
    const config = {
      file_format: 'gguf',
      model_type: 'starcoder',
      num_attention_heads: 4,
      num_key_value_heads: 1,
    };
    const shapes = two({
      'blk.{layer}.attn_qkv.weight': [192, 64],
      'blk.{layer}.attn_output.weight': [64, 64],
    });
    expect(() => stacksOf(layoutFor(shapes, config))).toThrow(
      'config.json says 4 heads and 1 key heads, but the shapes make 4 key heads of 16.',
    );
  });

  it.each([
    ['mamba', 'blk.0.ssm_in.weight'],
    ['rwkv6', 'blk.0.time_mix_receptance.weight'],
  ])('are refused for %s, which has no attention', (modelType, name) => {
    expect(() => layoutFor({ [name]: [64, 64] }, { model_type: modelType })).toThrow(
      /no attention|no queries/,
    );
    expect(() => layoutFor({ [name]: [64, 64] }, null)).toThrow(/no attention|no queries/);
  });
});
