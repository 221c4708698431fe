// Rows of BERT and its descendants.
import type { Architecture, HeadHint, Tower } from '../architecture.ts';
import { CROSS_NOTE, separateTower, USUAL_CONFIG, withHeads } from './towers.ts';

const SELF = { q: 'self.query', k: 'self.key', o: 'output.dense' };

/** Old ESM-2 files store the frequencies of their rotary positions, one for every second feature. */
const ROTARY_HINT: HeadHint = {
  tensor: 'encoder.layer.{layer}.attention.self.rotary_embeddings.inv_freq',
  axis: 0,
  determines: 'half-head-dim',
};

/**
 * Makes a row for transformers' models/bert/modeling_bert.py and its many copies: nn.Linear query and key, with
 * cross-attention when it is used as a decoder.
 */
function bertRow(id: string, prefixes: readonly string[], heads = 12): Architecture {
  const base = { prefixes, config: withHeads(USUAL_CONFIG, heads) };
  return {
    id,
    towers: [
      separateTower('encoder.layer.{layer}.attention.', SELF, { ...base, hints: [ROTARY_HINT] }),
      separateTower('encoder.layer.{layer}.crossattention.', SELF, {
        ...base,
        stack: 'cross',
        note: CROSS_NOTE,
        optional: true,
      }),
    ],
  };
}

/** Two pairs of projections per layer: for the sliding window, and for tokens with global attention. */
const longformer: Architecture = {
  id: 'longformer',
  towers: [
    separateTower('encoder.layer.{layer}.attention.', SELF, {
      prefixes: ['longformer.', ''],
      config: withHeads(USUAL_CONFIG, 12),
    }),
    separateTower(
      'encoder.layer.{layer}.attention.',
      { q: 'self.query_global', k: 'self.key_global' },
      {
        prefixes: ['longformer.', ''],
        config: withHeads(USUAL_CONFIG, 12),
        stack: 'self.global',
        note: 'Longformer projects tokens that all others attend to with weights of their own: self.global, beside those for its sliding window.',
      },
    ),
  ],
};

/**
 * Makes a tower of ELECTRA, whose pretraining checkpoint holds two models: the generator may be narrower, with a
 * different number of heads.
 */
function electraTower(model: 'discriminator' | 'generator'): Tower {
  const heads = model === 'generator' ? ['generator_num_attention_heads'] : [];
  return {
    ...bertRow('electra', [`${model}.electra.`, `${model}.`], 4).towers[0]!,
    stack: `${model}.self`,
    config: { ...USUAL_CONFIG, heads: { keys: [...heads, 'num_attention_heads'], default: 4 } },
    optional: true,
  };
}

const electra: Architecture = {
  id: 'electra',
  towers: [
    ...bertRow('electra', ['electra.', ''], 4).towers,
    electraTower('discriminator'),
    electraTower('generator'),
  ],
};

export const BERT_FAMILY: readonly Architecture[] = [
  bertRow('bert', ['bert.', '']),
  bertRow('roberta', ['roberta.', '']),
  bertRow('xlm-roberta', ['roberta.', '']),
  electra,
  bertRow('esm', ['esm.', '']),
  bertRow('camembert', ['roberta.', 'camembert.', '']),
  bertRow('data2vec-text', ['data2vec_text.', 'roberta.', '']),
  bertRow('ernie', ['ernie.', '']),
  bertRow('roformer', ['roformer.', '']),
  bertRow('big_bird', ['bert.', 'big_bird.', '']),
  bertRow('xmod', ['roberta.', 'xmod.', '']),
  bertRow('rembert', ['rembert.', ''], 18),
  bertRow('layoutlm', ['layoutlm.', 'bert.', '']),
  bertRow('xlm-roberta-xl', ['roberta.', ''], 32),
  longformer,
];
