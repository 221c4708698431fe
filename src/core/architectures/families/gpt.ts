// Rows of GPT-2 and its descendants.
import { type Architecture, type FusedShape, keys } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { CROSS_NOTE, fusedTower, GPT_CONFIG, GROUPED_CONFIG, separateTower, withHeads } from './towers.ts';

const PREFIXES = ['transformer.', ''];

/**
 * transformers, models/gpt2/modeling_gpt2.py: one Conv1D c_attn, stored [in, out], columns [Q | K | V]. The same name
 * stored as [3d, d] is another model's (Qwen v1, GPT-BigCode, nanoGPT exports), with other orders of rows.
 */
function gpt2Row(id: string, heads: number, sign: string): Architecture {
  return {
    id,
    towers: [
      fusedTower('h.{layer}.attn.c_attn', 'concat', {
        prefixes: PREFIXES,
        config: withHeads(GPT_CONFIG, heads),
        orientation: 'in_out',
        o: 'h.{layer}.attn.c_proj',
      }),
      {
        stack: 'cross',
        prefixes: PREFIXES,
        // Its c_attn is [d, 2d]: keys, then values.
        tensors: {
          kind: 'separate',
          q: ['h.{layer}.crossattention.q_attn.weight'],
          k: ['h.{layer}.crossattention.c_attn.weight'],
          orientation: 'in_out',
          withValues: true,
        },
        config: withHeads(GPT_CONFIG, heads),
        note: CROSS_NOTE,
        optional: true,
      },
    ],
    signatureTensors: [sign],
  };
}

const gptNeo: Architecture = {
  id: 'gpt_neo',
  towers: [
    separateTower(
      'h.{layer}.attn.attention.',
      { q: 'q_proj', k: 'k_proj', o: 'out_proj' },
      {
        prefixes: PREFIXES,
        config: {
          heads: { keys: ['num_heads', 'num_attention_heads'], default: 16 },
          layers: keys('num_layers', 'num_hidden_layers'),
          width: keys('hidden_size'),
        },
      },
    ),
  ],
  signatureTensors: ['wpe.weight'],
};

/** EXAONE 3: GPT-Neo's names with grouped queries. */
const exaone: Architecture = {
  id: 'exaone',
  towers: [
    separateTower(
      'h.{layer}.attn.attention.',
      { q: 'q_proj', k: 'k_proj', o: 'out_proj' },
      {
        prefixes: PREFIXES,
        config: { ...withHeads(GROUPED_CONFIG, 32), layers: keys('num_layers', 'num_hidden_layers') },
      },
    ),
  ],
  signatureTensors: ['h.{layer}.mlp.c_fc_0.weight'],
};

const gptj: Architecture = {
  id: 'gptj',
  towers: [
    separateTower(
      'h.{layer}.attn.',
      { q: 'q_proj', k: 'k_proj', o: 'out_proj' },
      { prefixes: PREFIXES, config: withHeads(GPT_CONFIG, 16) },
    ),
  ],
};

const codegen: Architecture = {
  id: 'codegen',
  towers: [
    fusedTower('h.{layer}.attn.qkv_proj', 'mp-qvk', {
      prefixes: PREFIXES,
      config: withHeads(GPT_CONFIG, 16),
      o: 'h.{layer}.attn.out_proj',
    }),
  ],
  signatureTensors: ['h.{layer}.mlp.fc_in.weight'],
};

const isMultiQuery = (config: ConfigReader) => config.get('multi_query') !== false;

/** Refuses an order that the shape contradicts: such a tensor belongs to another model. */
const bigcodeOrder = (config: ConfigReader, { features, inputs }: FusedShape) => {
  if (!isMultiQuery(config)) return 'per-head';
  return features === 3 * inputs ? null : 'concat';
};

/** transformers, models/gpt_bigcode: with multi_query [Q | k | v] and one key head, else [heads, 3, dh]. */
const gptBigcode: Architecture = {
  id: 'gpt_bigcode',
  towers: [
    fusedTower('h.{layer}.attn.c_attn', bigcodeOrder, {
      prefixes: PREFIXES,
      config: {
        ...withHeads(GPT_CONFIG, 12),
        kvHeads: { keys: [], rule: (config) => (isMultiQuery(config) ? 1 : undefined) },
      },
      o: 'h.{layer}.attn.c_proj',
    }),
  ],
};

const qwen: Architecture = {
  id: 'qwen',
  towers: [
    fusedTower('h.{layer}.attn.c_attn', 'concat', {
      prefixes: PREFIXES,
      config: {
        heads: { keys: ['num_attention_heads', 'n_head'], default: 32 },
        headDim: keys('kv_channels'),
        layers: keys('num_hidden_layers', 'n_layer'),
        width: keys('hidden_size', 'n_embd'),
      },
      o: 'h.{layer}.attn.c_proj',
    }),
  ],
  signatureTensors: ['h.{layer}.mlp.w1.weight'],
};

const ctrl: Architecture = {
  id: 'ctrl',
  towers: [
    separateTower(
      'h.{layer}.multi_head_attention.',
      { q: 'Wq', k: 'Wk', o: 'dense' },
      { prefixes: PREFIXES, config: withHeads(GPT_CONFIG, 16) },
    ),
  ],
};

export const GPT_FAMILY: readonly Architecture[] = [
  gpt2Row('gpt2', 12, 'wpe.weight'),
  gpt2Row('openai-gpt', 12, 'positions_embed.weight'),
  gpt2Row('imagegpt', 8, 'wpe.weight'),
  gptNeo,
  exaone,
  gptj,
  codegen,
  gptBigcode,
  qwen,
  ctrl,
];
