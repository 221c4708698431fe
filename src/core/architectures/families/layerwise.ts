// Rows of models whose layers differ in their heads.
import { isJsonObject } from '../../jsonValue.ts';
import { type Architecture, keys } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { valueAt } from '../configReader.ts';
import { llamaTower } from './llama.ts';
import { fusedTower, GROUPED_CONFIG, separateTower, withHeads } from './towers.ts';

/** Returns one layer's `attention` entry in Nemotron-NAS's block_configs. */
function blockAttention(config: ConfigReader, layer: number): Readonly<Record<string, unknown>> | undefined {
  const blocks = config.get('block_configs');
  const block: unknown = Array.isArray(blocks) ? blocks[layer] : undefined;
  const attention = isJsonObject(block) ? valueAt(block, 'attention') : undefined;
  return isJsonObject(attention) ? attention : undefined;
}

/** Computes a layer's query heads per key head; null in layers without attention. */
function groupedHeads(config: ConfigReader, layer: number): number | undefined {
  const group = blockAttention(config, layer)?.n_heads_in_group;
  const heads = config.get('num_attention_heads');
  return typeof group === 'number' && typeof heads === 'number' ? heads / group : undefined;
}

/**
 * DeciLM-7B lists its key heads by layer, Llama-Nemotron (found by neural architecture search) their groups. Names are
 * Llama's. (llama.cpp, conversion/deci.py; vLLM, models/decilm.py and nemotron_nas.py.)
 */
const deci: Architecture = {
  id: 'deci',
  aliases: ['nemotron-nas'],
  towers: [
    {
      ...llamaTower(32, {
        config: {
          ...GROUPED_CONFIG,
          kvHeads: {
            keys: ['num_key_value_heads_per_layer', 'num_key_value_heads'],
            perLayer: true,
            rule: groupedHeads,
          },
        },
      }),
      isOther: (layer, config) =>
        blockAttention(config, layer)?.replace_with_linear === true
          ? 'a linear layer in attention’s place'
          : undefined,
    },
  ],
};

const OPENELM = 'layers.{layer}.attn.';

/**
 * Apple's OpenELM: heads by layer; qkv_proj is [H + 2·G, dh] in the order q, k, v (llama.cpp, conversion/openelm.py,
 * which copies it, and src/models/openelm.cpp, which reads it so).
 */
const openElm: Architecture = {
  id: 'openelm',
  towers: [
    fusedTower(`${OPENELM}qkv_proj`, 'concat', {
      prefixes: ['transformer.', ''],
      config: {
        heads: { keys: ['num_query_heads'], perLayer: true },
        kvHeads: { keys: ['num_kv_heads'], perLayer: true },
        headDim: keys('head_dim'),
        layers: keys('num_transformer_layers'),
        width: keys('model_dim'),
      },
      o: `${OPENELM}out_proj`,
      hints: [{ tensor: `${OPENELM}q_norm.weight`, axis: 0, rank: 1, determines: 'head-dim' }],
    }),
  ],
  signatureTensors: ['layers.{layer}.ffn.proj_1.weight'],
};

/**
 * Doubles the key heads in layers with a sliding window (modeling_mimo_v2_flash.py); the authors' config gives both
 * numbers.
 */
function mimoKeyHeads(config: ConfigReader, layer: number): number | undefined {
  const pattern = config.get('hybrid_layer_pattern');
  const types = config.get('layer_types');
  const told = config.get('num_key_value_heads');
  if (Array.isArray(pattern)) {
    const sliding = config.get('swa_num_key_value_heads');
    return pattern[layer] === 1 && typeof sliding === 'number' ? sliding : undefined;
  }
  return Array.isArray(types) && types[layer] === 'sliding_attention' && typeof told === 'number'
    ? 2 * told
    : undefined;
}

/** MiMo-V2-Flash: values are narrower than keys, so the output projection's width reveals nothing about Wq. */
const mimo: Architecture = {
  id: 'mimo_v2_flash',
  towers: [
    separateTower(
      'layers.{layer}.self_attn.',
      { q: 'q_proj', k: 'k_proj' },
      {
        prefixes: ['model.', ''],
        config: {
          ...withHeads(GROUPED_CONFIG, 64),
          kvHeads: { keys: ['num_key_value_heads'], rule: mimoKeyHeads },
        },
        hints: [
          { tensor: 'layers.{layer}.self_attn.sinks', axis: 0, determines: 'heads' },
          { tensor: 'layers.{layer}.self_attn.attention_sink_bias', axis: 0, determines: 'heads' },
        ],
      },
    ),
  ],
};

/** Models whose layers have different numbers of heads. */
export const LAYERWISE: readonly Architecture[] = [deci, openElm, mimo];
