// Rows of encoder-decoder models and of their halves.
import { type Architecture, keys, type Tower } from '../architecture.ts';
import { CROSS_NOTE, GROUPED_CONFIG, separateTower, USUAL_CONFIG, withHeads } from './towers.ts';

const T5_PREFIXES = ['', 'transformer.', 'model.'];
const T5_NAMES = { q: 'q', k: 'k', o: 'o' };

/** Makes a tower of T5, whose heads are the columns of the first block's table of position biases. */
function t5Tower(
  side: 'encoder' | 'decoder',
  module: string,
  heads: number,
  more: Pick<Tower, 'stack'> & Partial<Tower>,
): Tower {
  return separateTower(`${side}.block.{layer}.layer.${module}.`, T5_NAMES, {
    prefixes: T5_PREFIXES,
    config: {
      heads: { keys: ['num_heads', 'num_attention_heads'], default: heads },
      headDim: keys('d_kv'),
      width: keys('d_model', 'hidden_size'),
      layers:
        side === 'encoder'
          ? keys('num_layers', 'num_hidden_layers')
          : keys('num_decoder_layers', 'num_layers'),
    },
    hints: [
      {
        tensor: `${side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`,
        axis: 1,
        determines: 'heads',
      },
    ],
    ...more,
  });
}

/** transformers, models/t5/modeling_t5.py. An encoder alone (T5EncoderModel) has the first tower only. */
function t5Row(id: string, heads: number): Architecture {
  return {
    id,
    towers: [
      t5Tower('encoder', '0.SelfAttention', heads, { stack: 'encoder.self' }),
      t5Tower('decoder', '0.SelfAttention', heads, { stack: 'decoder.self' }),
      t5Tower('decoder', '1.EncDecAttention', heads, { stack: 'decoder.cross', note: CROSS_NOTE }),
    ],
  };
}

const BART_NAMES = { q: 'q_proj', k: 'k_proj', o: 'out_proj' };

/** transformers, models/bart/modeling_bart.py. Whisper's keys have no bias; r doesn't see biases. */
function bartRow(id: string, byDefault?: number): Architecture {
  const heads = (key: string) => ({
    keys: [key],
    ...(byDefault === undefined ? {} : { default: byDefault }),
  });
  const prefixes = ['model.', ''];
  const decoder = {
    heads: heads('decoder_attention_heads'),
    layers: keys('decoder_layers'),
    width: keys('d_model'),
  };
  return {
    id,
    towers: [
      separateTower('encoder.layers.{layer}.self_attn.', BART_NAMES, {
        stack: 'encoder.self',
        prefixes,
        config: {
          heads: heads('encoder_attention_heads'),
          layers: keys('encoder_layers', 'num_hidden_layers'),
          width: keys('d_model'),
        },
      }),
      separateTower('decoder.layers.{layer}.self_attn.', BART_NAMES, {
        stack: 'decoder.self',
        prefixes,
        config: decoder,
      }),
      separateTower('decoder.layers.{layer}.encoder_attn.', BART_NAMES, {
        stack: 'decoder.cross',
        prefixes,
        config: decoder,
        note: CROSS_NOTE,
      }),
    ],
  };
}

/** Gemma's names on both sides, each with its own config (transformers, models/t5gemma/modeling_t5gemma.py). */
function t5GemmaTower(
  side: 'encoder' | 'decoder',
  module: 'self_attn' | 'cross_attn',
  more: Partial<Tower> = {},
  scope: string = side,
): Tower {
  const kind = module === 'self_attn' ? 'self' : 'cross';
  return separateTower(
    `${side}.layers.{layer}.${module}.`,
    { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
    {
      stack: `${side}.${kind}`,
      prefixes: ['model.', ''],
      config: { ...withHeads(GROUPED_CONFIG, 8), scope },
      ...more,
    },
  );
}

const t5Gemma: Architecture = {
  id: 't5gemma',
  towers: [
    t5GemmaTower('encoder', 'self_attn'),
    t5GemmaTower('decoder', 'self_attn', { optional: true }),
    t5GemmaTower('decoder', 'cross_attn', { optional: true, note: CROSS_NOTE }),
  ],
};

/**
 * models/t5gemma2/modeling_t5gemma2.py: its encoder's text model is saved with or without `text_model`; in its
 * decoder one pair of projections serves the text before and the encoder's output (T5Gemma2MergedAttention).
 */
const t5Gemma2: Architecture = {
  id: 't5gemma2',
  towers: [
    {
      ...t5GemmaTower('encoder', 'self_attn', {}, 'encoder.text_config'),
      tensors: {
        kind: 'separate',
        q: [
          'encoder.text_model.layers.{layer}.self_attn.q_proj.weight',
          'encoder.layers.{layer}.self_attn.q_proj.weight',
        ],
        k: [
          'encoder.text_model.layers.{layer}.self_attn.k_proj.weight',
          'encoder.layers.{layer}.self_attn.k_proj.weight',
        ],
        o: [
          'encoder.text_model.layers.{layer}.self_attn.o_proj.weight',
          'encoder.layers.{layer}.self_attn.o_proj.weight',
        ],
      },
    },
    t5GemmaTower('decoder', 'self_attn', {
      note: 'Its decoder attends to its own text and to the encoder’s output with the same Wq and Wk.',
    }),
  ],
};

/** TrOCR's decoder, inside a vision encoder-decoder. */
const trocr: Architecture = {
  id: 'trocr',
  towers: bartRow('trocr', 16).towers.slice(1),
};

/** OPT: BART's decoder names, without an encoder. */
const opt: Architecture = {
  id: 'opt',
  towers: [
    separateTower('decoder.layers.{layer}.self_attn.', BART_NAMES, {
      prefixes: ['model.', '', 'model.model.'],
      config: withHeads(USUAL_CONFIG, 12),
    }),
  ],
};

export const ENCODER_DECODERS: readonly Architecture[] = [
  opt,
  t5Row('t5', 8),
  t5Row('mt5', 6),
  t5Row('umt5', 6),
  bartRow('bart', 16),
  bartRow('mbart', 16),
  bartRow('pegasus', 16),
  bartRow('marian', 16),
  bartRow('m2m_100', 16),
  bartRow('blenderbot', 32),
  // No default: configuration_whisper.py of 2022 has 4 heads of d_model 256, later ports 6 of 384.
  bartRow('whisper'),
  trocr,
  t5Gemma,
  t5Gemma2,
];
