import { type Architecture, keys, type Tower } from '../architecture.ts';
import { LATENT_NOTE } from './latent.ts';
import { CROSS_NOTE, fusedTower, GROUPED_CONFIG, separateTower } from './towers.ts';

/** llama.cpp, gguf-py/gguf/constants.py: the names of GGUF files, whatever the model was called before. */
const NAMES = { q: 'attn_q', k: 'attn_k', o: 'attn_output' };
const PREFIXES = [''];

/** attn_qkv is always [Q | K | V]: the converter regroups interleaved heads. Head counts may be lists by layer. */
function ggufTowers(block: string, config: Tower['config'], more: Partial<Tower> = {}): Tower[] {
  const base = { prefixes: PREFIXES, config, varies: true, ...more };
  return [
    separateTower(`${block}.{layer}.`, NAMES, base),
    fusedTower(`${block}.{layer}.attn_qkv`, 'concat', {
      ...base,
      o: `${block}.{layer}.attn_output`,
      optional: true,
    }),
  ];
}

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
  config: GROUPED_CONFIG,
  optional: true,
  note: LATENT_NOTE,
};

const encoderDecoder: Architecture = {
  id: 'gguf-encoder-decoder',
  towers: [
    ...ggufTowers('enc.blk', GROUPED_CONFIG, { stack: 'encoder.self' }),
    ...ggufTowers(
      'dec.blk',
      { ...GROUPED_CONFIG, layers: keys('decoder_layers', 'num_hidden_layers') },
      { stack: 'decoder.self' },
    ),
    separateTower(
      'dec.blk.{layer}.',
      { q: 'cross_attn_q', k: 'cross_attn_k', o: 'cross_attn_o' },
      {
        stack: 'decoder.cross',
        prefixes: PREFIXES,
        config: { ...GROUPED_CONFIG, layers: keys('decoder_layers', 'num_hidden_layers') },
        note: CROSS_NOTE,
      },
    ),
  ],
};

/** Qwen3-Next keeps its gates in attn_q; only its architecture's name tells. */
const gated: Architecture = {
  id: 'gguf-gated',
  towers: ggufTowers('blk', GROUPED_CONFIG).map((tower) =>
    tower.tensors.kind === 'separate' ? { ...tower, tensors: { ...tower.tensors, gated: true } } : tower,
  ),
  signs: ['blk.{layer}.ssm_ba.weight'],
};

const vision: Architecture = {
  id: 'gguf-projector',
  towers: [
    ...ggufTowers('v.blk', { ...GROUPED_CONFIG, scope: 'vision_config' }, { stack: 'vision.self' }),
    ...ggufTowers(
      'a.blk',
      { ...GROUPED_CONFIG, scope: 'audio_config' },
      { stack: 'audio.self', optional: true },
    ),
  ],
};

export const GGUF_ROWS: readonly Architecture[] = [
  { id: 'gguf', towers: [...ggufTowers('blk', GROUPED_CONFIG), latent] },
  gated,
  encoderDecoder,
  vision,
];
