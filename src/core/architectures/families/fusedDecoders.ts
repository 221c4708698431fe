// Rows of decoders that store q, k and v in one tensor.
import { type Architecture, keys, keysWithDefault, type Tower } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import {
  COMPUTED_HEAD_DIM,
  fusedTower,
  GPT_CONFIG,
  GROUPED_CONFIG,
  USUAL_CONFIG,
  withHeads,
} from './towers.ts';

/** EleutherAI's GPT-NeoX and Pythia: [heads, 3, dh] by rows. */
const gptNeox: Architecture = {
  id: 'gpt_neox',
  towers: [
    fusedTower('layers.{layer}.attention.query_key_value', 'per-head', {
      prefixes: ['gpt_neox.', ''],
      config: withHeads(USUAL_CONFIG, 64),
      o: 'layers.{layer}.attention.dense',
    }),
  ],
  signatureTensors: ['embed_in.weight'],
};

const bloom: Architecture = {
  id: 'bloom',
  towers: [
    fusedTower('h.{layer}.self_attention.query_key_value', 'per-head', {
      prefixes: ['transformer.', ''],
      config: {
        heads: { keys: ['n_head', 'num_attention_heads', 'num_heads'], default: 8 },
        layers: GPT_CONFIG.layers,
        width: keys('hidden_size', 'n_embed'),
      },
      o: 'h.{layer}.self_attention.dense',
    }),
  ],
  signatureTensors: ['word_embeddings_layernorm.weight'],
};

const FALCON_QKV = 'h.{layer}.self_attention.query_key_value';
/** The config.json of the first Falcon-40B says RefinedWeb and n_head_kv, and neither of the later flags. */
const isNewFalcon = (config: ConfigReader) =>
  config.get('new_decoder_architecture') === true ||
  (config.get('model_type') === 'RefinedWeb' && config.get('new_decoder_architecture') === undefined);
const isMultiQuery = (config: ConfigReader) =>
  // RWConfig's default is false, FalconConfig's true.
  config.get('model_type') === 'RefinedWebModel'
    ? config.get('multi_query') === true
    : config.get('multi_query') !== false;

/**
 * transformers, models/falcon/modeling_falcon.py, _split_heads. Three layouts: 40B, 180B and 11B by group, 7B [Q | k
 * | v] with one key head (whatever num_kv_heads says), RW by head. Of the first configs: RWConfig as
 * text-generation- inference has it (custom_modeling/flash_rw_modeling.py), which takes RefinedWeb for the new
 * architecture, with n_head_kv or, with multi_query, one key head; llama.cpp's conversion/falcon.py regroups by
 * n_head_kv alone.
 */
const falcon: Architecture = {
  id: 'falcon',
  aliases: ['RefinedWeb', 'RefinedWebModel'],
  towers: [
    fusedTower(
      FALCON_QKV,
      // With one key head there are fewer keys than queries: a shape of as many is another model's.
      (config, { features, inputs }) => {
        if (isNewFalcon(config)) return 'per-group';
        if (!isMultiQuery(config)) return 'per-head';
        return features === 3 * inputs ? null : 'concat';
      },
      {
        prefixes: ['transformer.', ''],
        config: {
          heads: { keys: ['num_attention_heads', 'n_head'], default: 71 },
          kvHeads: {
            keys: ['num_kv_heads', 'n_head_kv'],
            rule: (config) => (!isNewFalcon(config) && isMultiQuery(config) ? 1 : undefined),
          },
          layers: keys('num_hidden_layers', 'n_layer'),
          width: keys('hidden_size', 'n_embed'),
        },
        o: 'h.{layer}.self_attention.dense',
      },
    ),
  ],
};

/** Falcon-40B without its config.json: the second norm before attention identifies it. */
const groupedFalcon: Architecture = {
  id: 'falcon-grouped',
  towers: [
    fusedTower(FALCON_QKV, 'per-group', {
      prefixes: ['transformer.', ''],
      config: {
        heads: keys('num_attention_heads', 'n_head'),
        kvHeads: keys('num_kv_heads', 'n_head_kv'),
        layers: keys('num_hidden_layers', 'n_layer'),
        width: keys('hidden_size', 'n_embed'),
      },
      o: 'h.{layer}.self_attention.dense',
    }),
  ],
  signatureTensors: ['h.{layer}.ln_attn.weight'],
};

/**
 * llm-foundry's three kinds of attention; the transformers library has the first alone. As many key heads as heads,
 * where nothing else is said.
 */
function mptKeyHeads(config: ConfigReader): number | undefined {
  const type = config.get('attn_config.attn_type');
  if (config.get('attn_config.kv_n_heads') !== undefined || type === 'grouped_query_attention')
    return undefined;
  const heads = config.get('n_heads') ?? config.get('num_attention_heads');
  return type === 'multiquery_attention' ? 1 : typeof heads === 'number' ? heads : undefined;
}

const MPT_CONFIG = {
  heads: { keys: ['n_heads', 'num_attention_heads'], default: 16 },
  kvHeads: { keys: ['attn_config.kv_n_heads'], rule: mptKeyHeads },
  layers: keys('n_layers', 'num_hidden_layers'),
  width: keys('d_model', 'hidden_size'),
};

const mpt: Architecture = {
  id: 'mpt',
  towers: [
    fusedTower('blocks.{layer}.attn.Wqkv', 'concat', {
      prefixes: ['transformer.', ''],
      config: MPT_CONFIG,
      o: 'blocks.{layer}.attn.out_proj',
    }),
  ],
  signatureTensors: ['blocks.{layer}.ffn.up_proj.weight'],
};

const dbrx: Architecture = {
  id: 'dbrx',
  towers: [
    fusedTower('blocks.{layer}.norm_attn_norm.attn.Wqkv', 'concat', {
      prefixes: ['transformer.', ''],
      config: { ...MPT_CONFIG, kvHeads: keysWithDefault(1, 'attn_config.kv_n_heads') },
      o: 'blocks.{layer}.norm_attn_norm.attn.out_proj',
    }),
  ],
  signatureTensors: ['blocks.{layer}.norm_attn_norm.norm_1.weight'],
};

const phi3: Architecture = {
  id: 'phi3',
  aliases: ['phi4mm'],
  towers: [
    fusedTower('layers.{layer}.self_attn.qkv_proj', 'concat', {
      prefixes: ['model.', '', 'language_model.model.'],
      config: withHeads(GROUPED_CONFIG, 32),
      o: 'layers.{layer}.self_attn.o_proj',
    }),
  ],
  signatureTensors: ['layers.{layer}.mlp.gate_up_proj.weight'],
};

/** InternLM2's remote code: each group's queries, then its key, then its value. */
const internlm2: Architecture = {
  id: 'internlm2',
  towers: [
    fusedTower('layers.{layer}.attention.wqkv', 'per-group', {
      prefixes: ['model.', '', 'language_model.model.'],
      config: withHeads(GROUPED_CONFIG, 32),
      o: 'layers.{layer}.attention.wo',
    }),
  ],
  signatureTensors: ['layers.{layer}.attention_norm.weight'],
};

const baichuan: Architecture = {
  id: 'baichuan',
  towers: [
    fusedTower('layers.{layer}.self_attn.W_pack', 'concat', {
      prefixes: ['model.', ''],
      config: withHeads(USUAL_CONFIG, 32),
      o: 'layers.{layer}.self_attn.o_proj',
      hints: [
        { tensor: 'layers.{layer}.self_attn.rotary_emb.inv_freq', axis: 0, determines: 'half-head-dim' },
      ],
    }),
  ],
  signatureTensors: ['layers.{layer}.mlp.gate_proj.weight', 'layers.{layer}.self_attn.rotary_emb.inv_freq'],
};

const persimmon: Architecture = {
  id: 'persimmon',
  towers: [
    fusedTower('layers.{layer}.self_attn.query_key_value', 'per-head', {
      prefixes: ['model.', '', 'language_model.model.', 'language_model.'],
      config: withHeads(USUAL_CONFIG, 64),
      o: 'layers.{layer}.self_attn.dense',
      hints: [
        { tensor: 'layers.{layer}.self_attn.q_layernorm.weight', axis: 0, rank: 1, determines: 'head-dim' },
      ],
    }),
  ],
  signatureTensors: ['layers.{layer}.mlp.dense_h_to_4h.weight'],
};

/**
 * By group, as InternLM2: its remote code's view is [G, R + 2, dh] (vLLM 0.6, models/phi3_small.py). Persimmon's
 * names, but for its MLP's.
 */
const phi3Small: Architecture = {
  id: 'phi3small',
  towers: [
    fusedTower('layers.{layer}.self_attn.query_key_value', 'per-group', {
      prefixes: ['model.', ''],
      config: { ...USUAL_CONFIG, kvHeads: keys('num_key_value_heads'), headDim: COMPUTED_HEAD_DIM },
      o: 'layers.{layer}.self_attn.dense',
    }),
  ],
  signatureTensors: ['layers.{layer}.mlp.up_proj.weight'],
};

const GLM_CONFIG = {
  heads: { keys: ['num_attention_heads'], default: 32 },
  layers: keys('num_layers'),
  width: keys('hidden_size'),
};

/** ChatGLM's remote code: one model type with two layouts, which the names distinguish. */
const chatglm: Architecture = {
  id: 'chatglm',
  towers: [
    // ChatGLM2, ChatGLM3, GLM-4-9b.
    fusedTower(
      'encoder.layers.{layer}.self_attention.query_key_value',
      // ChatGLMConfig's default is false; every release without a config.json has it true.
      (config) =>
        config.get('model_type') === undefined || config.get('multi_query_attention') === true
          ? 'concat'
          : 'per-head',
      {
        prefixes: ['transformer.', ''],
        config: {
          ...GLM_CONFIG,
          kvHeads: {
            keys: [],
            rule: (config) =>
              config.get('multi_query_attention') === true
                ? Number(config.get('multi_query_group_num') ?? 1)
                : undefined,
          },
          headDim: keys('kv_channels'),
        },
        o: 'encoder.layers.{layer}.self_attention.dense',
      },
    ),
    // ChatGLM-6B.
    fusedTower('layers.{layer}.attention.query_key_value', 'per-head', {
      prefixes: ['transformer.', ''],
      config: GLM_CONFIG,
      o: 'layers.{layer}.attention.dense',
    }),
  ] satisfies Tower[],
};

export const FUSED_DECODERS: readonly Architecture[] = [
  gptNeox,
  bloom,
  falcon,
  groupedFalcon,
  mpt,
  dbrx,
  phi3,
  internlm2,
  baichuan,
  persimmon,
  phi3Small,
  chatglm,
];
