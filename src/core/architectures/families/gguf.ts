// Rows of GGUF files, whose names are llama.cpp's.
import { type Architecture, keys, type Tower } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { GGUF_LAYOUTS, type GgufLayout } from '../facts/ggufArchitectures.ts';
import type { FusedSplit } from '../fusedSplit.ts';
import { LATENT_NOTE } from './latent.ts';
import { CROSS_NOTE, fusedTower, GROUPED_CONFIG, separateTower, USUAL_CONFIG } from './towers.ts';

/** The names of tensors in GGUF files, whatever the model called them before (llama.cpp, gguf-py/gguf/constants.py). */
const NAMES = { q: 'attn_q', k: 'attn_k', o: 'attn_output' };
const PREFIXES = [''];

/**
 * Tells whether a layer has a sliding window: by a list of booleans, or because every n-th layer has none
 * (llama_hparams::set_swa_pattern).
 */
function isSliding(config: ConfigReader, layer: number): boolean | undefined {
  const pattern = config.get('sliding_window_pattern');
  if (Array.isArray(pattern)) return pattern[layer] === true || pattern[layer] === 1;
  return typeof pattern === 'number' && pattern > 0 ? layer % pattern < pattern - 1 : undefined;
}

/** Head counts may be lists by layer; layers with a sliding window may have heads of a different width (Gemma 4). */
const GGUF_CONFIG: Tower['config'] = {
  ...USUAL_CONFIG,
  heads: { keys: ['num_attention_heads'], perLayer: true },
  kvHeads: { keys: ['num_key_value_heads'], perLayer: true },
  headDim: {
    keys: ['head_dim'],
    rule: (config, layer) => {
      const sliding = config.get('head_dim_swa');
      return typeof sliding === 'number' && isSliding(config, layer) === true ? sliding : undefined;
    },
  },
};

/**
 * Returns the layer whose keys a layer uses: the last layers of Gemma 3n and 4 reuse the keys of the last earlier layer
 * of their kind (llama.cpp, src/models/gemma3n.cpp).
 */
function keysOf(layer: number, config: ConfigReader): number {
  const shared = config.get('num_kv_shared_layers');
  const total = config.get('num_hidden_layers');
  if (shared === undefined || shared === 0) return layer;
  if (typeof shared !== 'number' || typeof total !== 'number') return Number.NaN;
  const first = total - shared;
  if (layer < first) return layer;
  for (let source = first - 1; source >= 0; source--)
    if (isSliding(config, source) === isSliding(config, layer)) return source;
  return Number.NaN;
}

const KDA = { sign: 'blk.{layer}.ssm_conv1d_q.weight', name: 'linear attention (Kimi Delta Attention)' };
const DELTA_NET = 'linear attention (gated DeltaNet)';

const base = { prefixes: PREFIXES, config: GGUF_CONFIG };

function separate(block: string, more: Partial<Tower> = {}): Tower {
  return separateTower(`${block}.{layer}.`, NAMES, { ...base, ...more });
}

function fused(block: string, split: FusedSplit, more: Partial<Tower> = {}): Tower {
  return fusedTower(`${block}.{layer}.attn_qkv`, split, {
    ...base,
    o: `${block}.{layer}.attn_output`,
    ...more,
  });
}

/** Makes a row that `general.architecture` selects; its model types share no names with config.json's. */
function rowOf(
  id: string,
  layout: GgufLayout,
  towers: readonly Tower[],
  signatureTensors: readonly string[] = [],
): Architecture {
  return { id, aliases: GGUF_LAYOUTS[layout].map((name) => `gguf/${name}`), towers, signatureTensors };
}

const plain: Tower = { ...separate('blk'), keysOf, otherAttention: [KDA] };

const blk = (name: string) => [`blk.{layer}.${name}.weight`];

const latent: Tower = {
  stack: 'self',
  prefixes: PREFIXES,
  tensors: {
    kind: 'latent',
    q: blk('attn_q'),
    qA: blk('attn_q_a'),
    qNorm: blk('attn_q_a_norm'),
    qB: blk('attn_q_b'),
    kvA: blk('attn_kv_a_mqa'),
    kvNorm: blk('attn_kv_a_norm'),
    kvB: blk('attn_kv_b'),
    kB: blk('attn_k_b'),
    o: blk('attn_output'),
  },
  config: { ...USUAL_CONFIG, heads: { keys: ['num_attention_heads'], perLayer: true } },
  note: LATENT_NOTE,
  otherAttention: [KDA],
};

/**
 * Recognises layers of linear attention: every n-th layer is full attention, and the attn_qkv of the others is their
 * in_proj (conversion/qwen.py, src/models/qwen35.cpp).
 */
function deltaNet(layer: number, config: ConfigReader): string | undefined {
  const listed = config.get('recurrent_layers');
  if (Array.isArray(listed)) return listed[layer] === true || listed[layer] === 1 ? DELTA_NET : undefined;
  const every = config.get('full_attention_interval');
  return typeof every === 'number' && every >= 1 && (layer + 1) % every !== 0 ? DELTA_NET : undefined;
}

const gated: Tower = {
  ...separateTower('blk.{layer}.', NAMES, base),
  tensors: { kind: 'separate', q: blk('attn_q'), k: blk('attn_k'), o: blk('attn_output'), gated: true },
  isOther: deltaNet,
  otherAttention: ['ssm_conv1d', 'ssm_alpha', 'ssm_ba'].map((name) => ({
    sign: `blk.{layer}.${name}.weight`,
    name: DELTA_NET,
  })),
};

const DECODER = { ...GROUPED_CONFIG, layers: keys('decoder_layers', 'num_hidden_layers') };

export const GGUF_ROWS: readonly Architecture[] = [
  rowOf('gguf', 'separate', [plain]),
  rowOf('gguf-fused', 'concat', [fused('blk', 'concat')]),
  rowOf('gguf-either', 'separate-or-concat', [plain, fused('blk', 'concat', { optional: true })]),
  rowOf('gguf-interleaved', 'per-head', [fused('blk', 'per-head')]),
  rowOf('gguf-gated', 'gated', [gated], ['blk.{layer}.ssm_ba.weight', 'blk.{layer}.ssm_alpha.weight']),
  rowOf('gguf-latent', 'latent', [latent]),
  rowOf('gguf-wide-keys', 'wide-keys', [
    separateTower('blk.{layer}.', { q: NAMES.q, k: NAMES.k }, { ...base, keysOf }),
  ]),
  rowOf('gguf-encoder-decoder', 'encoder-decoder', [
    separate('enc.blk', { stack: 'encoder.self', config: GROUPED_CONFIG }),
    separate('dec.blk', { stack: 'decoder.self', config: DECODER }),
    separateTower(
      'dec.blk.{layer}.',
      { q: 'cross_attn_q', k: 'cross_attn_k', o: 'cross_attn_o' },
      { stack: 'decoder.cross', prefixes: PREFIXES, config: DECODER, note: CROSS_NOTE },
    ),
  ]),
  // Images: the towers that llama.cpp converts have [Q | K | V] where they have one tensor (constants.py,
  // V_ENC_ATTN_QKV).
  rowOf('gguf-projector', 'projector', [
    separate('v.blk', { stack: 'vision.self', config: { ...GROUPED_CONFIG, scope: 'vision_config' } }),
    fused('v.blk', 'concat', {
      stack: 'vision.self',
      config: { ...GROUPED_CONFIG, scope: 'vision_config' },
      optional: true,
    }),
    separate('a.blk', {
      stack: 'audio.self',
      config: { ...GROUPED_CONFIG, scope: 'audio_config' },
      optional: true,
    }),
  ]),
];
