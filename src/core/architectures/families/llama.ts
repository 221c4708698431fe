// Rows of Llama and the many models with its names.
import { type Architecture, type HeadHint, keys, type Tower } from '../architecture.ts';
import {
  COMPUTED_HEAD_DIM,
  FURTHER_TOKENS,
  GROUPED_CONFIG,
  separateTower,
  USUAL_CONFIG,
  withHeads,
} from './towers.ts';

/** Prefixes of the language model in multimodal models, in either word order (transformers 4 and 5). */
export const TEXT_PREFIXES = [
  'model.',
  '',
  'language_model.model.',
  'model.language_model.',
  'language_model.',
] as const;

const MODULE = 'layers.{layer}.self_attn.';

/**
 * Tensors that reveal the heads: GPT-OSS has one attention sink per head, Cohere a norm [heads, dh], StableLM a norm
 * [dh] for each head, others one for all.
 */
const HINTS: readonly HeadHint[] = [
  { tensor: `${MODULE}sinks`, axis: 0, determines: 'heads' },
  { tensor: `${MODULE}q_norm.weight`, axis: 0, rank: 2, determines: 'heads' },
  ...['q_norm', 'q_layernorm', 'query_layernorm', 'q_layernorm.norms.0'].map(
    (norm): HeadHint => ({ tensor: `${MODULE}${norm}.weight`, axis: 0, rank: 1, determines: 'head-dim' }),
  ),
];
/**
 * Frequencies that old conversions store, one for every second feature. They count only where all features are rotated:
 * Phi rotates a part of each head.
 */
const ROTARY_HINT: HeadHint = {
  tensor: `${MODULE}rotary_emb.inv_freq`,
  axis: 0,
  determines: 'half-head-dim',
};

interface LlamaOptions {
  readonly prefixes?: readonly string[];
  readonly o?: string;
  readonly config?: Tower['config'];
  readonly hints?: readonly HeadHint[];
}

interface RowOptions extends LlamaOptions {
  readonly aliases?: readonly string[];
  readonly extraLayers?: string;
}

/**
 * Makes a tower with the names of transformers' models/llama/modeling_llama.py: nn.Linear, grouped queries, and
 * head_dim where config.json has it. Key heads and dh follow from the shapes, so they need no defaults.
 */
export function llamaTower(
  heads: number,
  { prefixes = TEXT_PREFIXES, o = 'o_proj', config = GROUPED_CONFIG, hints = HINTS }: LlamaOptions = {},
): Tower {
  return separateTower(
    MODULE,
    { q: 'q_proj', k: 'k_proj', o },
    { prefixes, config: withHeads(config, heads), hints },
  );
}

function llamaRow(
  id: string,
  heads: number,
  { aliases, extraLayers, ...options }: RowOptions = {},
): Architecture {
  const tower = llamaTower(heads, options);
  return {
    id,
    ...(aliases === undefined ? {} : { aliases }),
    towers: [extraLayers === undefined ? tower : { ...tower, extraLayers }],
  };
}

/** The classes ignore head_dim in their configs: it is always hidden / heads. */
const NO_HEAD_DIM = { ...USUAL_CONFIG, kvHeads: keys('num_key_value_heads'), headDim: COMPUTED_HEAD_DIM };
const FAIRSEQ_CONFIG = {
  heads: keys('attention_heads', 'num_attention_heads'),
  layers: keys('num_layers', 'num_hidden_layers'),
  width: keys('d_model', 'hidden_size'),
};

export const LLAMA_FAMILY: readonly Architecture[] = [
  llamaRow('llama', 32, { hints: [ROTARY_HINT, ...HINTS] }),
  llamaRow('mistral', 32),
  llamaRow('ministral', 32),
  llamaRow('mixtral', 32),
  llamaRow('phi', 32, { prefixes: ['model.', '', 'transformer.'], o: 'dense' }),
  llamaRow('qwen2', 32),
  llamaRow('qwen2_moe', 16),
  llamaRow('qwen3', 32),
  llamaRow('qwen3_moe', 32),
  llamaRow('gemma', 16),
  llamaRow('gemma2', 8),
  llamaRow('gemma3_text', 8),
  llamaRow('vaultgemma', 8),
  llamaRow('olmo', 32),
  llamaRow('olmo2', 32),
  llamaRow('olmo3', 32),
  llamaRow('olmoe', 16),
  llamaRow('smollm3', 16),
  llamaRow('cohere', 64),
  llamaRow('cohere2', 64),
  llamaRow('granite', 32),
  llamaRow('granitemoe', 32),
  llamaRow('starcoder2', 24),
  llamaRow('gpt_oss', 64),
  llamaRow('glm', 32),
  llamaRow('glm4', 32),
  llamaRow('glm4_moe', 96, { extraLayers: FURTHER_TOKENS }),
  llamaRow('nemotron', 48),
  llamaRow('lfm2', 32, { o: 'out_proj' }),
  llamaRow('llama4_text', 40),
  llamaRow('bamba', 32),
  llamaRow('exaone4', 32),
  llamaRow('helium', 20),
  llamaRow('ernie4_5', 16),
  llamaRow('seed_oss', 80),
  llamaRow('arcee', 32),
  llamaRow('bitnet', 20),
  llamaRow('falcon_h1', 32),
  llamaRow('hunyuan_v1_dense', 32),
  {
    ...llamaRow('stablelm', 32, { prefixes: ['model.', ''], config: NO_HEAD_DIM }),
    aliases: ['stablelm_epoch'],
  },
  llamaRow('jamba', 32, { prefixes: ['model.', ''], config: NO_HEAD_DIM }),
  llamaRow('phimoe', 32, { config: NO_HEAD_DIM }),
  llamaRow('xglm', 16, { prefixes: ['model.', ''], o: 'out_proj', config: FAIRSEQ_CONFIG }),
  llamaRow('biogpt', 16, { prefixes: ['biogpt.', ''], o: 'out_proj', config: FAIRSEQ_CONFIG }),
  // Models of 2025 and 2026, each by its modelling file in the transformers library, models/<id>.
  llamaRow('afmoe', 16),
  llamaRow('apertus', 32),
  llamaRow('cwm', 48),
  llamaRow('dots1', 32),
  llamaRow('ernie4_5_moe', 20),
  llamaRow('exaone_moe', 32),
  llamaRow('flex_olmo', 32),
  llamaRow('granitemoehybrid', 32),
  llamaRow('granitemoeshared', 32),
  llamaRow('hunyuan_v1_moe', 32),
  llamaRow('hyperclovax', 32),
  llamaRow('jais2', 26),
  llamaRow('lfm2_moe', 32, { o: 'out_proj' }),
  llamaRow('mellum', 32),
  llamaRow('minimax_m2', 48),
  // An indexer beside its attention picks blocks of tokens; it isn't read.
  llamaRow('minimax_m3_vl_text', 64),
  llamaRow('ministral3', 32),
  llamaRow('nanochat', 6),
  llamaRow('solar_open', 64),
  // The text models of multimodal ones, stored alone.
  llamaRow('qwen2_vl_text', 64, { config: NO_HEAD_DIM, aliases: ['qwen2_5_vl_text'] }),
  llamaRow('qwen3_vl_text', 32),
  llamaRow('qwen3_vl_moe_text', 16),
  llamaRow('glm4v_text', 32, { config: NO_HEAD_DIM }),
  llamaRow('glm4v_moe_text', 96, { extraLayers: FURTHER_TOKENS }),
  // Qwen2's names in the authors' own DreamConfig and DreamModel (Dream-org/Dream-v0, llama.cpp's conversion/dream.py).
  { ...llamaRow('Dream', 32), aliases: ['dream'] },
  {
    id: 'recurrent_gemma',
    towers: [
      separateTower(
        'layers.{layer}.temporal_block.',
        { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
        { prefixes: ['model.', ''], config: withHeads(GROUPED_CONFIG, 10) },
      ),
    ],
  },
  {
    id: 'nemotron_h',
    towers: [
      separateTower(
        'layers.{layer}.mixer.',
        { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
        { prefixes: ['backbone.', 'model.', ''], config: GROUPED_CONFIG },
      ),
    ],
  },
];
