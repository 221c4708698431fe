// Rows of encoders that aren't copies of BERT.
import { type Architecture, keys, keysWithDefault } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import {
  COMPUTED_HEAD_DIM,
  fusedTower,
  GPT_CONFIG,
  GROUPED_CONFIG,
  separateTower,
  USUAL_CONFIG,
  withHeads,
} from './towers.ts';

const distilbert: Architecture = {
  id: 'distilbert',
  towers: [
    separateTower(
      'transformer.layer.{layer}.attention.',
      { q: 'q_lin', k: 'k_lin', o: 'out_lin' },
      {
        prefixes: ['distilbert.', ''],
        config: {
          heads: keysWithDefault(12, 'n_heads', 'num_attention_heads'),
          layers: keys('n_layers', 'num_hidden_layers'),
          width: keys('dim', 'hidden_size'),
        },
      },
    ),
  ],
};

/**
 * Lists the forward layers that run a stored block: layer i uses group ⌊i / (layers / groups)⌋, and all its inner
 * blocks.
 */
function albertLayers(block: number, blocks: number, config: ConfigReader): number[] {
  const layers = Number(config.get('num_hidden_layers'));
  const groups = Number(config.get('num_hidden_groups') ?? 1);
  if (!Number.isInteger(layers) || layers < 1 || layers > 10_000 || !(groups >= 1)) return [];
  const group = Math.floor((block * groups) / blocks);
  return Array.from({ length: layers }, (_, i) => i).filter(
    // The arithmetic is the library's, rounding included.
    (i) => Math.floor(i / (layers / groups)) === group,
  );
}

/** transformers, models/albert/modeling_albert.py: one stored block, used by all layers. */
const albert: Architecture = {
  id: 'albert',
  towers: [
    separateTower(
      'encoder.albert_layer_groups.{group}.albert_layers.{inner}.attention.',
      { q: 'query', k: 'key', o: 'dense' },
      { prefixes: ['albert.', ''], config: withHeads(USUAL_CONFIG, 64), usedBy: albertLayers },
    ),
  ],
};

/** DeBERTa (v1): in_proj is [heads, 3, dh] by rows, its q and v biases apart, k without one. */
const deberta: Architecture = {
  id: 'deberta',
  towers: [
    fusedTower('encoder.layer.{layer}.attention.self.in_proj', 'per-head', {
      prefixes: ['deberta.', ''],
      config: withHeads(USUAL_CONFIG, 12),
      o: 'encoder.layer.{layer}.attention.output.dense',
    }),
  ],
  signatureTensors: ['encoder.layer.{layer}.attention.self.q_bias'],
};

const debertaV2: Architecture = {
  id: 'deberta-v2',
  towers: [
    separateTower(
      'encoder.layer.{layer}.attention.',
      { q: 'self.query_proj', k: 'self.key_proj', o: 'output.dense' },
      { prefixes: ['deberta.', ''], config: withHeads(USUAL_CONFIG, 24) },
    ),
  ],
};

const modernbert: Architecture = {
  id: 'modernbert',
  towers: [
    fusedTower('layers.{layer}.attn.Wqkv', 'concat', {
      prefixes: ['model.', ''],
      config: withHeads(USUAL_CONFIG, 12),
      o: 'layers.{layer}.attn.Wo',
    }),
  ],
  signatureTensors: ['layers.{layer}.mlp.Wi.weight'],
};

const modernbertDecoder: Architecture = {
  id: 'modernbert-decoder',
  towers: [
    separateTower(
      'layers.{layer}.attn.',
      { q: 'q_proj', k: 'k_proj', o: 'Wo' },
      { prefixes: ['model.', ''], config: withHeads(USUAL_CONFIG, 12) },
    ),
  ],
};

const nomicBert: Architecture = {
  id: 'nomic_bert',
  towers: [
    fusedTower('encoder.layers.{layer}.attn.Wqkv', 'concat', {
      prefixes: ['', 'bert.', 'nomic_bert.'],
      config: withHeads(GPT_CONFIG, 12),
      o: 'encoder.layers.{layer}.attn.out_proj',
    }),
    // As transformers 5 writes it.
    separateTower(
      'layers.{layer}.self_attn.',
      { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
      { prefixes: ['', 'bert.', 'nomic_bert.'], config: withHeads(GPT_CONFIG, 12), optional: true },
    ),
  ],
  signatureTensors: ['emb_ln.weight'],
};

const jina: Architecture = {
  id: 'jina_embeddings_v3',
  aliases: ['xlm-roberta-flash'],
  towers: [
    fusedTower('encoder.layers.{layer}.mixer.Wqkv', 'concat', {
      prefixes: ['roberta.', ''],
      config: withHeads(USUAL_CONFIG, 16),
      o: 'encoder.layers.{layer}.mixer.out_proj',
      // Under its task adapters, which are left out.
      others: ['encoder.layers.{layer}.mixer.Wqkv.parametrizations.weight.original'],
    }),
    // As transformers 5 writes it.
    separateTower(
      'layers.{layer}.self_attn.',
      { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
      { prefixes: ['roberta.', ''], config: withHeads(USUAL_CONFIG, 16), optional: true },
    ),
  ],
  signatureTensors: ['emb_ln.weight'],
};

const gte: Architecture = {
  id: 'gte',
  aliases: ['new'],
  towers: [
    fusedTower('encoder.layer.{layer}.attention.qkv_proj', 'concat', {
      prefixes: ['', 'new.'],
      config: withHeads(USUAL_CONFIG, 12),
      o: 'encoder.layer.{layer}.attention.o_proj',
    }),
    // As transformers 5 writes it.
    separateTower(
      'layers.{layer}.self_attn.',
      { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
      { prefixes: ['', 'new.'], config: withHeads(USUAL_CONFIG, 12), optional: true },
    ),
  ],
  signatureTensors: ['encoder.layer.{layer}.mlp.up_gate_proj.weight'],
};

/**
 * NeoBERT's own code: qkv's view is [heads, 3·dh], each head its q, k and v. llama.cpp copies the tensor and reads
 * it as [Q | K | V] (conversion/bert.py, src/models/neo-bert.cpp), which is why GGUF files of it are asked about.
 */
const neoBert: Architecture = {
  id: 'neobert',
  towers: [
    fusedTower('transformer_encoder.{layer}.qkv', 'per-head', {
      prefixes: ['model.', ''],
      config: { ...withHeads(USUAL_CONFIG, 12), headDim: COMPUTED_HEAD_DIM },
      o: 'transformer_encoder.{layer}.wo',
    }),
  ],
  signatureTensors: ['transformer_encoder.{layer}.attention_norm.weight'],
};

/** LLaDA's own names, OLMo's heritage: LLaDALlamaBlock (GSAI-ML/LLaDA-8B, modeling_llada.py). */
const llada: Architecture = {
  id: 'llada',
  towers: [
    separateTower(
      'blocks.{layer}.',
      { q: 'q_proj', k: 'k_proj', o: 'attn_out' },
      {
        prefixes: ['model.transformer.', 'transformer.', ''],
        config: {
          heads: keys('n_heads', 'num_attention_heads'),
          kvHeads: keys('n_kv_heads', 'num_key_value_heads'),
          layers: keys('n_layers', 'num_hidden_layers'),
          width: keys('d_model', 'hidden_size'),
        },
      },
    ),
  ],
};

const mpnet: Architecture = {
  id: 'mpnet',
  towers: [
    separateTower(
      'encoder.layer.{layer}.attention.attn.',
      { q: 'q', k: 'k', o: 'o' },
      {
        prefixes: ['mpnet.', ''],
        config: withHeads(USUAL_CONFIG, 12),
        hints: [{ tensor: 'encoder.relative_attention_bias.weight', axis: 1, determines: 'heads' }],
      },
    ),
  ],
};

const eurobert: Architecture = {
  id: 'eurobert',
  towers: [
    separateTower(
      'layers.{layer}.self_attn.',
      { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
      { prefixes: ['model.', ''], config: withHeads(GROUPED_CONFIG, 12) },
    ),
  ],
};

/** transformers, models/xlnet/modeling_xlnet.py: parameters [d, heads, dh] without ".weight". */
const xlnet: Architecture = {
  id: 'xlnet',
  towers: [
    {
      stack: 'self',
      prefixes: ['transformer.', ''],
      tensors: {
        kind: 'separate',
        q: ['layer.{layer}.rel_attn.q'],
        k: ['layer.{layer}.rel_attn.k'],
        orientation: 'in_head_dim',
      },
      config: { ...withHeads(GPT_CONFIG, 16), headDim: keys('d_head'), width: keys('d_model') },
    },
  ],
};

export const ENCODERS: readonly Architecture[] = [
  distilbert,
  albert,
  deberta,
  debertaV2,
  modernbert,
  modernbertDecoder,
  nomicBert,
  jina,
  gte,
  neoBert,
  llada,
  mpnet,
  eurobert,
  xlnet,
];
