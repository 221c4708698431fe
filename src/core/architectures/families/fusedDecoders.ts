import { type Architecture, type ConfigReader, keys, type Tower } from '../architecture.ts';
import { fusedTower, GPT_CONFIG, GROUPED_CONFIG, USUAL_CONFIG, withHeads } from './towers.ts';

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
  signs: ['embed_in.weight'],
};

const bloom: Architecture = {
  id: 'bloom',
  towers: [
    fusedTower('h.{layer}.self_attention.query_key_value', 'per-head', {
      prefixes: ['transformer.', ''],
      config: {
        heads: { keys: ['n_head', 'num_attention_heads', 'num_heads'], missing: 8 },
        layers: GPT_CONFIG.layers,
      },
      o: 'h.{layer}.self_attention.dense',
    }),
  ],
  signs: ['word_embeddings_layernorm.weight'],
};

const FALCON_QKV = 'h.{layer}.self_attention.query_key_value';
const isNewFalcon = (config: ConfigReader) => config.get('new_decoder_architecture') === true;
const isMultiQuery = (config: ConfigReader) => config.get('multi_query') !== false;

/**
 * transformers, models/falcon/modeling_falcon.py, _split_heads. Three layouts: 40B, 180B and 11B by group, 7B
 * [Q | k | v] with one key head (whatever num_kv_heads says), RW by head.
 */
const falcon: Architecture = {
  id: 'falcon',
  aliases: ['RefinedWeb', 'RefinedWebModel'],
  towers: [
    fusedTower(
      FALCON_QKV,
      (config) => (isNewFalcon(config) ? 'per-group' : isMultiQuery(config) ? 'concat' : 'per-head'),
      {
        prefixes: ['transformer.', ''],
        config: {
          heads: { keys: ['num_attention_heads', 'n_head'], missing: 71 },
          kvHeads: {
            keys: ['num_kv_heads', 'n_head_kv'],
            rule: (config) => (!isNewFalcon(config) && isMultiQuery(config) ? 1 : undefined),
          },
          layers: keys('num_hidden_layers', 'n_layer'),
        },
        o: 'h.{layer}.self_attention.dense',
      },
    ),
  ],
};

/** Falcon-40B without its config.json: the second norm before attention is of its kind alone. */
const groupedFalcon: Architecture = {
  id: 'falcon-grouped',
  towers: [
    fusedTower(FALCON_QKV, 'per-group', {
      prefixes: ['transformer.', ''],
      config: {
        heads: keys('num_attention_heads', 'n_head'),
        kvHeads: keys('num_kv_heads', 'n_head_kv'),
        layers: keys('num_hidden_layers', 'n_layer'),
      },
      o: 'h.{layer}.self_attention.dense',
    }),
  ],
  signs: ['h.{layer}.ln_attn.weight'],
};

const MPT_CONFIG = {
  heads: { keys: ['n_heads', 'num_attention_heads'], missing: 16 },
  kvHeads: keys('attn_config.kv_n_heads'),
  layers: keys('n_layers', 'num_hidden_layers'),
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
};

const dbrx: Architecture = {
  id: 'dbrx',
  towers: [
    fusedTower('blocks.{layer}.norm_attn_norm.attn.Wqkv', 'concat', {
      prefixes: ['transformer.', ''],
      config: { ...MPT_CONFIG, kvHeads: { ...MPT_CONFIG.kvHeads, missing: 1 } },
      o: 'blocks.{layer}.norm_attn_norm.attn.out_proj',
    }),
  ],
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
};

const baichuan: Architecture = {
  id: 'baichuan',
  towers: [
    fusedTower('layers.{layer}.self_attn.W_pack', 'concat', {
      prefixes: ['model.', ''],
      config: withHeads(USUAL_CONFIG, 32),
      o: 'layers.{layer}.self_attn.o_proj',
      hints: [{ tensor: 'layers.{layer}.self_attn.rotary_emb.inv_freq', axis: 0, tells: 'half-head-dim' }],
    }),
  ],
};

const persimmon: Architecture = {
  id: 'persimmon',
  towers: [
    fusedTower('layers.{layer}.self_attn.query_key_value', 'per-head', {
      prefixes: ['model.', '', 'language_model.model.', 'language_model.'],
      config: withHeads(USUAL_CONFIG, 64),
      o: 'layers.{layer}.self_attn.dense',
      hints: [{ tensor: 'layers.{layer}.self_attn.q_layernorm.weight', axis: 0, rank: 1, tells: 'head-dim' }],
    }),
  ],
};

const GLM_CONFIG = { heads: { keys: ['num_attention_heads'], missing: 32 }, layers: keys('num_layers') };

/** ChatGLM's remote code: one model type, two layouts told apart by the names. */
const chatglm: Architecture = {
  id: 'chatglm',
  towers: [
    // ChatGLM2, ChatGLM3, GLM-4-9b.
    fusedTower(
      'encoder.layers.{layer}.self_attention.query_key_value',
      // Without a config.json: as in every release of it.
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
  chatglm,
];
