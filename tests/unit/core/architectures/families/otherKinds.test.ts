import { describe, expect, it } from 'vitest';
import type { Tower } from '../../../../../src/core/architectures/architecture.ts';
import { createConfigReader } from '../../../../../src/core/architectures/configReader.ts';
import { GGUF_LAYOUTS } from '../../../../../src/core/architectures/facts/ggufArchitectures.ts';
import { ARCHITECTURES } from '../../../../../src/core/architectures/registry.ts';

function towerOf(modelType: string, stack = 'self'): Tower {
  const row = ARCHITECTURES.find(({ id, aliases }) => id === modelType || aliases?.includes(modelType));
  const tower = row?.towers.find((candidate) => candidate.stack === stack);
  if (tower === undefined) throw new Error(`${modelType} has no ${stack}`);
  return tower;
}

const layers = (count: number) => Array.from({ length: count }, (_, layer) => layer);

describe('linear attention layers', () => {
  it.each<[string, Record<string, unknown>, number[]]>([
    // linear_attn_config counts layers from 1.
    ['kimi_linear', { linear_attn_config: { kda_layers: [1, 2, 3], full_attn_layers: [4] } }, [0, 1, 2]],
    [
      'kimi_linear',
      { layer_types: ['full_attention', 'linear_attention', 'linear_attention', 'full_attention'] },
      [1, 2],
    ],
    ['minimax', { attn_type_list: [0, 0, 1, 0] }, [0, 1, 3]],
    [
      'minimax',
      { layer_types: ['linear_attention', 'full_attention', 'full_attention', 'full_attention'] },
      [0],
    ],
    // Without a word in the config the names tell, which differ.
    ['qwen3_next', {}, []],
    ['qwen3_next', { full_attention_interval: 2 }, [0, 2]],
    [
      'qwen3_5_text',
      { layer_types: ['linear_attention', 'full_attention', 'linear_attention', 'full_attention'] },
      [0, 2],
    ],
    ['gguf/qwen35', { full_attention_interval: 4 }, [0, 1, 2]],
    ['gguf/qwen35', { recurrent_layers: [false, true, true, false] }, [1, 2]],
  ])('are known for %s with %o', (modelType, config, linear) => {
    const { isOther } = towerOf(modelType);
    const reader = createConfigReader(config);
    const found = layers(4).filter((layer) => isOther!(layer, reader) !== undefined);
    expect(found).toEqual(linear);
    for (const layer of linear) expect(isOther!(layer, reader)).toMatch(/^linear attention \(/);
  });

  it.each([
    'qwen3_next',
    'qwen3_5_text',
    'olmo_hybrid',
    'kimi_linear',
    'minimax',
    'gguf/kimi-linear',
    'gguf/qwen35',
    'gguf/qwen3next',
  ])('are known by a tensor of %s that only they have', (modelType) => {
    const { otherAttention } = towerOf(modelType);
    expect(otherAttention?.map(({ sign }) => sign).join(' ')).toMatch(/conv1d|output_gate|A_log/);
  });
});

describe('layers that share another layer’s keys', () => {
  const types = ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'];

  it.each<[string, Record<string, unknown>, number[]]>([
    [
      'gemma3n_text',
      { num_hidden_layers: 4, num_kv_shared_layers: 2, layer_types: types },
      // The last layer before them of the same kind.
      [0, 1, 0, 1],
    ],
    ['gemma3n_text', { num_hidden_layers: 4, num_kv_shared_layers: 0, layer_types: types }, [0, 1, 2, 3]],
    [
      'gemma4_text',
      { num_hidden_layers: 4, num_kv_shared_layers: 1, layer_types: types },
      // The last is full, as is the second.
      [0, 1, 2, 1],
    ],
    ['gemma4_text', { num_hidden_layers: 4, layer_types: types }, [0, 1, 2, 3]],
    // Without layer_types: each fifth layer of Gemma 3n is full.
    [
      'gemma3n_text',
      { num_hidden_layers: 12, num_kv_shared_layers: 5 },
      [0, 1, 2, 3, 4, 5, 6, 6, 6, 4, 6, 6],
    ],
    [
      'gguf/gemma3n',
      { num_hidden_layers: 4, num_kv_shared_layers: 2, sliding_window_pattern: [true, false, true, false] },
      [0, 1, 0, 1],
    ],
    ['gguf/llama', { num_hidden_layers: 4 }, [0, 1, 2, 3]],
    ['gguf/gemma3', { num_hidden_layers: 4, sliding_window_pattern: 2 }, [0, 1, 2, 3]],
  ])('meet the keys of %s with %o', (modelType, config, wanted) => {
    const { keysOf } = towerOf(modelType);
    const reader = createConfigReader(config);
    expect(wanted.map((_, layer) => keysOf!(layer, reader))).toEqual(wanted);
  });

  it.each<[string, Record<string, unknown>]>([
    // Some of Gemma 4's releases share keys: without a config.json it isn't known of any layer but the first.
    ['gemma4_text', {}],
    // No layer of its kind comes before.
    [
      'gemma3n_text',
      {
        num_hidden_layers: 2,
        num_kv_shared_layers: 1,
        layer_types: ['sliding_attention', 'full_attention'],
      },
    ],
    ['gguf/gemma3n', { num_kv_shared_layers: 1 }],
  ])('are unknown for %s with %o', (modelType, config) => {
    expect(towerOf(modelType).keysOf!(1, createConfigReader(config))).toBeNaN();
  });
});

describe('layers beyond those that config.json counts', () => {
  it('have a note for models with multi-token prediction alone', () => {
    const predicting = ARCHITECTURES.filter(({ towers }) =>
      towers.some(({ extraLayers }) => extraLayers !== undefined),
    ).map(({ id }) => id);
    expect(predicting).toEqual([
      'glm4_moe',
      'glm4v_moe_text',
      'deepseek_v3',
      'deepseek_v32',
      'glm4_moe_lite',
      'glm_moe_dsa',
      'glm4v_moe',
    ]);
  });
});

describe('the table of GGUF architectures', () => {
  it('names each architecture once', () => {
    const names = Object.values(GGUF_LAYOUTS).flat();
    expect(new Set(names).size).toBe(names.length);
  });

  it('has no architecture whose fused tensors its sources read in two orders', () => {
    expect(Object.values(GGUF_LAYOUTS).flat()).not.toContain('neo-bert');
  });
});
