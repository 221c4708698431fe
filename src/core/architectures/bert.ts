import type { Architecture } from './architecture.ts';

/** transformers, models/bert/modeling_bert.py: nn.Linear query and key, heads by reshaping the output rows. */
export const bert: Architecture = {
  id: 'bert',
  aliases: [],
  prefixes: ['bert.', ''],
  tensors: {
    split: 'separate',
    orientation: 'out_in',
    q: 'encoder.layer.{layer}.attention.self.query.weight',
    k: 'encoder.layer.{layer}.attention.self.key.weight',
    o: 'encoder.layer.{layer}.attention.output.dense.weight',
  },
  config: { heads: ['num_attention_heads'], kvHeads: [], headDim: [], layers: ['num_hidden_layers'] },
  stack: 'self',
};
