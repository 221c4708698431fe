import { describe, expect, it } from 'vitest';
import { layersOf, layoutFor } from '../../../../support/architectures/answerFor.ts';

const albert = (groups: number, inner: number) =>
  Object.assign(
    {},
    ...Array.from({ length: groups * inner }, (_, at) => {
      const module = `albert.encoder.albert_layer_groups.${Math.floor(at / inner)}.albert_layers.${at % inner}.attention`;
      return { [`${module}.query.weight`]: [64, 64], [`${module}.key.weight`]: [64, 64] };
    }),
  );

/** Blocks as [layer, …the layers that use it]. */
const uses = (shapes: Parameters<typeof layoutFor>[0], config: Record<string, unknown>) =>
  layoutFor(shapes, config).stacks[0]!.layers.map(({ layer, usedBy }) => [layer, ...(usedBy ?? [])]);

describe('blocks that several layers use', () => {
  it('uses ALBERT’s one stored block in all layers', () => {
    const config = { model_type: 'albert', num_attention_heads: 4, num_hidden_layers: 3 };
    expect(uses(albert(1, 1), config)).toEqual([[0, 0, 1, 2]]);
  });

  it('gives each ALBERT group its share of the layers with all inner blocks', () => {
    const config = {
      model_type: 'albert',
      num_attention_heads: 4,
      num_hidden_layers: 4,
      num_hidden_groups: 2,
      inner_group_num: 2,
    };
    expect(uses(albert(2, 2), config)).toEqual([
      [0, 0, 1],
      [1, 0, 1],
      [2, 2, 3],
      [3, 2, 3],
    ]);
  });

  it('takes no memory for an absurd layer count of ALBERT', () => {
    const config = { model_type: 'albert', num_attention_heads: 4, num_hidden_layers: 1e12 };
    expect(uses(albert(1, 1), config)).toEqual([[0]]);
  });

  const types = ['mamba', 'hybrid', 'mamba', 'hybrid', 'mamba', 'hybrid'];
  const zamba = (module: string, layers: readonly number[]) =>
    layersOf(layers, {
      [`model.layers.{layer}.${module}.self_attn.q_proj.weight`]: [64, 64],
      [`model.layers.{layer}.${module}.self_attn.k_proj.weight`]: [64, 64],
      [`model.layers.{layer}.${module}.self_attn.o_proj.weight`]: [32, 64],
    });

  it('reads Zamba’s one block, stored with the first hybrid layer', () => {
    const config = {
      model_type: 'zamba',
      num_attention_heads: 4,
      num_hidden_layers: 6,
      layers_block_type: types,
    };
    expect(uses(zamba('shared_transf', [1]), config)).toEqual([[1, 1, 3, 5]]);
  });

  it('alternates Zamba2’s blocks', () => {
    const config = {
      model_type: 'zamba2',
      num_attention_heads: 4,
      num_hidden_layers: 6,
      layers_block_type: types,
    };
    expect(uses(zamba('shared_transformer', [1, 3]), config)).toEqual([
      [1, 1, 5],
      [3, 3],
    ]);
  });
});

describe('attention in some layers only', () => {
  it.each([
    ['jamba', 'mamba.in_proj.weight', 'self_attn.', 'model.'],
    ['lfm2', 'conv.in_proj.weight', 'self_attn.', 'model.'],
    ['qwen3_next', 'linear_attn.in_proj_qkvz.weight', 'self_attn.', 'model.'],
    ['recurrent_gemma', 'temporal_block.linear_x.weight', 'temporal_block.', 'model.'],
    ['nemotron_h', 'mixer.in_proj.weight', 'mixer.', 'backbone.'],
  ])('keeps %s’s layer numbers beside layers without attention', (modelType, other, module, prefix) => {
    const isGated = modelType === 'qwen3_next';
    const shapes = {
      ...layersOf([0, 1, 3], { [`${prefix}layers.{layer}.${other}`]: [64, 64] }),
      ...layersOf([2, 4], {
        [`${prefix}layers.{layer}.${module}q_proj.weight`]: [isGated ? 128 : 64, 64],
        [`${prefix}layers.{layer}.${module}k_proj.weight`]: [16, 64],
      }),
    };
    const config = { model_type: modelType, num_attention_heads: 4, num_hidden_layers: 5 };
    const [stack] = layoutFor(shapes, config).stacks;
    expect(stack!.layers.map(({ layer, heads, kvHeads }) => [layer, heads, kvHeads])).toEqual([
      [2, 4, 1],
      [4, 4, 1],
    ]);
    expect(stack!.skipped.map(({ layer, code }) => [layer, code])).toEqual([
      [0, 'no-attention'],
      [1, 'no-attention'],
      [3, 'no-attention'],
    ]);
  });

  it('reads cross-attention in Llama 3.2 Vision’s image layers', () => {
    const module = (name: string) => ({
      [`language_model.model.layers.{layer}.${name}.q_proj.weight`]: [64, 64],
      [`language_model.model.layers.{layer}.${name}.k_proj.weight`]: [32, 64],
    });
    const shapes = { ...layersOf([0, 2], module('self_attn')), ...layersOf([1], module('cross_attn')) };
    const config = {
      model_type: 'mllama',
      text_config: {
        num_attention_heads: 4,
        num_key_value_heads: 2,
        num_hidden_layers: 3,
        cross_attention_layers: [1],
      },
    };
    const layout = layoutFor(shapes, config);
    expect(
      layout.stacks.map(({ name, isCross, layers }) => [name, isCross, ...layers.map(({ layer }) => layer)]),
    ).toEqual([
      ['text.self', false, 0, 2],
      ['text.cross', true, 1],
    ]);
    expect(layout.notes.join(' ')).toMatch(/text\.cross: Cross-attention: .* two different spaces/);
  });

  it('separates a layer beyond those that config.json counts (DeepSeek-V3)', () => {
    const at = 'model.layers.{layer}.self_attn.';
    const shapes = layersOf([0, 1], {
      [`${at}q_a_proj.weight`]: [9, 24],
      [`${at}q_b_proj.weight`]: [32, 9],
      [`${at}kv_a_proj_with_mqa.weight`]: [9, 24],
      [`${at}kv_b_proj.weight`]: [44, 7],
      [`${at}o_proj.weight`]: [24, 20],
    });
    const [stack] = layoutFor(shapes, {
      model_type: 'deepseek_v3',
      num_attention_heads: 4,
      num_hidden_layers: 1,
    }).stacks;
    expect(stack!.layers.map(({ note }) => note === undefined)).toEqual([true, false]);
  });
});
