import { describe, expect, it } from 'vitest';
import { layersOf, layoutFor, type Shapes, stacksOf } from '../../../../support/architectures/answerFor.ts';

const PREFIX = 'model.layers.{layer}.self_attn.';
const llama = (q: number, k: number, more: Shapes = {}): Shapes => ({
  [`${PREFIX}q_proj.weight`]: [q, 32],
  [`${PREFIX}k_proj.weight`]: [k, 32],
  [`${PREFIX}o_proj.weight`]: [32, q],
  ...more,
});

/** Each layer as "heads/kvHeads×dh". */
function splitsOf(shapes: Shapes, config: Record<string, unknown>): string[] {
  const [stack] = layoutFor(shapes, config).stacks;
  expect(stack!.skipped).toEqual([]);
  return stack!.layers.map(({ heads, kvHeads, dHead }) => `${heads}/${kvHeads}×${dHead}`);
}

describe('layers that differ in their heads', () => {
  const GEMMA4 = {
    model_type: 'gemma4_text',
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    global_head_dim: 16,
    num_global_key_value_heads: 1,
    attention_k_eq_v: true,
    num_hidden_layers: 3,
    hidden_size: 32,
    layer_types: ['sliding_attention', 'sliding_attention', 'full_attention'],
  };

  it('gives Gemma 4’s full layers wider heads and fewer key heads', () => {
    const shapes = { ...layersOf([0, 1], llama(32, 16)), ...layersOf([2], llama(64, 16)) };
    expect(splitsOf(shapes, GEMMA4)).toEqual(['4/2×8', '4/2×8', '4/1×16']);
  });

  it('gives all layers as many key heads in Gemma 4 without attention_k_eq_v', () => {
    const shapes = { ...layersOf([0, 1], llama(32, 16)), ...layersOf([2], llama(64, 32)) };
    const { attention_k_eq_v: _, ...config } = GEMMA4;
    expect(splitsOf(shapes, config)).toEqual(['4/2×8', '4/2×8', '4/2×16']);
  });

  it('reads Gemma 4’s last layer as a full one, whatever is listed', () => {
    const shapes = { ...layersOf([0, 1], llama(32, 16)), ...layersOf([2], llama(64, 16)) };
    const config = { ...GEMMA4, layer_types: GEMMA4.layer_types.map(() => 'sliding_attention') };
    expect(splitsOf(shapes, config)).toEqual(['4/2×8', '4/2×8', '4/1×16']);
  });

  it('reads Llama-Nemotron’s key heads by each block’s groups and its blocks without attention', () => {
    const block = (group: number | null) => ({
      attention: { n_heads_in_group: group, no_op: group === null },
    });
    const config = {
      model_type: 'nemotron-nas',
      num_attention_heads: 4,
      hidden_size: 32,
      num_hidden_layers: 4,
      block_configs: [block(2), block(4), block(null), block(1)],
    };
    const shapes = {
      ...layersOf([0], llama(32, 16)),
      ...layersOf([1], llama(32, 8)),
      'model.layers.2.mlp.down_proj.weight': [32, 64],
      ...layersOf([3], llama(32, 32)),
    };
    const [stack] = layoutFor(shapes, config).stacks;
    expect(stack!.layers.map(({ layer, kvHeads }) => [layer, kvHeads])).toEqual([
      [0, 2],
      [1, 1],
      [3, 4],
    ]);
    expect(stack!.skipped.map(({ layer, code }) => [layer, code])).toEqual([[2, 'no-attention']]);
  });

  it('reads DeciLM’s list of key heads by layer', () => {
    const config = {
      model_type: 'deci',
      num_attention_heads: 4,
      hidden_size: 32,
      num_hidden_layers: 2,
      num_key_value_heads_per_layer: [1, 2],
    };
    const shapes = { ...layersOf([0], llama(32, 8)), ...layersOf([1], llama(32, 16)) };
    expect(splitsOf(shapes, config)).toEqual(['4/1×8', '4/2×8']);
  });

  it('reads OpenELM’s list of all heads by layer', () => {
    const qkv = (heads: number, kvHeads: number): Shapes => ({
      'transformer.layers.{layer}.attn.qkv_proj.weight': [(heads + 2 * kvHeads) * 8, 32],
      'transformer.layers.{layer}.attn.out_proj.weight': [32, heads * 8],
    });
    const config = {
      model_type: 'openelm',
      model_dim: 32,
      head_dim: 8,
      num_transformer_layers: 2,
      num_query_heads: [4, 6],
      num_kv_heads: [1, 2],
    };
    const shapes = { ...layersOf([0], qkv(4, 1)), ...layersOf([1], qkv(6, 2)) };
    expect(splitsOf(shapes, config)).toEqual(['4/1×8', '6/2×8']);
  });

  it('gives MiMo-V2-Flash’s windowed layers twice the key heads', () => {
    const mimo = (k: number) => ({ ...llama(32, k), [`${PREFIX}o_proj.weight`]: [32, 16] });
    const shapes = { ...layersOf([0], mimo(8)), ...layersOf([1], mimo(16)) };
    const config = {
      model_type: 'mimo_v2_flash',
      num_attention_heads: 4,
      num_key_value_heads: 1,
      head_dim: 8,
      num_hidden_layers: 2,
      hidden_size: 32,
    };
    for (const layers of [
      { layer_types: ['full_attention', 'sliding_attention'] },
      { hybrid_layer_pattern: [0, 1], swa_num_key_value_heads: 2 },
    ])
      expect(splitsOf(shapes, { ...config, ...layers })).toEqual(['4/1×8', '4/2×8']);
  });

  it('reads a GGUF of Gemma 4 by its pattern of windows and list of key heads', () => {
    const at = (q: number, k: number): Shapes => ({
      'blk.{layer}.attn_q.weight': [q, 32],
      'blk.{layer}.attn_k.weight': [k, 32],
      'blk.{layer}.attn_output.weight': [32, q],
    });
    const config = {
      file_format: 'gguf',
      model_type: 'gemma4',
      num_attention_heads: 4,
      num_key_value_heads: [2, 1],
      head_dim: 16,
      head_dim_swa: 8,
      sliding_window_pattern: [true, false],
      num_hidden_layers: 2,
      hidden_size: 32,
    };
    const shapes = { ...layersOf([0], at(32, 16)), ...layersOf([1], at(64, 16)) };
    expect(splitsOf(shapes, config)).toEqual(['4/2×8', '4/1×16']);
  });
});

describe('fused tensors under an early config.json', () => {
  const falcon = (rows: number): Shapes =>
    layersOf([0, 1], {
      'transformer.h.{layer}.self_attention.query_key_value.weight': [rows, 32],
      'transformer.h.{layer}.self_attention.dense.weight': [32, 32],
    });
  const first = (shapes: Shapes, config: Record<string, unknown>) => {
    const layout = layoutFor(shapes, { n_layer: 2, hidden_size: 32, n_head: 4, ...config });
    const { source } = layout.stacks[0]!.layers[0]!;
    if (source.kind !== 'direct') throw new Error('Falcon has no latent attention');
    return { split: stacksOf(layout)[0], q: source.q.first, k: source.k.first };
  };

  it('are divided by group for Falcon-40B (RefinedWeb, n_head_kv)', () => {
    expect(first(falcon(64), { model_type: 'RefinedWeb', n_head_kv: 2 })).toEqual({
      split: 'self 4/2×8',
      q: [0, 8, 32, 40],
      k: [16, 48],
    });
  });

  it('have one key head after all queries for Falcon-7B (RefinedWebModel, multi_query)', () => {
    expect(first(falcon(48), { model_type: 'RefinedWebModel', multi_query: true })).toEqual({
      split: 'self 4/1×8',
      q: [0, 8, 16, 24],
      k: [32],
    });
  });

  it('are divided by head for Falcon-RW (RefinedWebModel, no multi_query)', () => {
    expect(first(falcon(96), { model_type: 'RefinedWebModel', multi_query: false, alibi: true })).toEqual({
      split: 'self 4/4×8',
      q: [0, 24, 48, 72],
      k: [8, 32, 56, 80],
    });
  });

  it('are divided by head for a GGUF of Persimmon, whose converter copied the tensor', () => {
    const config = { file_format: 'gguf', model_type: 'persimmon', num_attention_heads: 4 };
    const { source } = layoutFor(
      { 'blk.0.attn_qkv.weight': [96, 32], 'blk.0.attn_output.weight': [32, 32] },
      config,
    ).stacks[0]!.layers[0]!;
    expect(source).toMatchObject({ q: { first: [0, 24, 48, 72] }, k: { first: [8, 32, 56, 80] } });
  });
});

describe('ELECTRA’s generator beside its discriminator', () => {
  const bert = (model: string, width: number): Shapes => ({
    [`${model}.electra.encoder.layer.0.attention.self.query.weight`]: [width, width],
    [`${model}.electra.encoder.layer.0.attention.self.key.weight`]: [width, width],
    [`${model}.electra.encoder.layer.0.attention.output.dense.weight`]: [width, width],
  });

  it('are two stacks', () => {
    const config = { model_type: 'electra', num_attention_heads: 4, num_hidden_layers: 1, hidden_size: 32 };
    const shapes = { ...bert('discriminator', 32), ...bert('generator', 32) };
    expect(stacksOf(layoutFor(shapes, config))).toEqual(['discriminator.self 4/4×8', 'generator.self 4/4×8']);
  });
});

describe('ALBERT’s groups', () => {
  it('use each stored block in the layers of its group', () => {
    const shapes = Object.fromEntries(
      [0, 1, 2].flatMap((group) =>
        [0, 1].flatMap((inner) =>
          ['query', 'key'].map((name): [string, number[]] => [
            `albert.encoder.albert_layer_groups.${group}.albert_layers.${inner}.attention.${name}.weight`,
            [32, 32],
          ]),
        ),
      ),
    );
    const config = {
      model_type: 'albert',
      num_attention_heads: 4,
      hidden_size: 32,
      num_hidden_layers: 6,
      num_hidden_groups: 3,
      inner_group_num: 2,
    };
    const { layers } = layoutFor(shapes, config).stacks[0]!;
    expect(layers.map(({ usedBy }) => usedBy)).toEqual([
      [0, 1],
      [0, 1],
      [2, 3],
      [2, 3],
      [4, 5],
      [4, 5],
    ]);
  });
});
