import type { Architecture } from './architecture.ts';

/** transformers, models/gpt_neo/modeling_gpt_neo.py: nn.Linear without bias. `attn.attention.bias` is a mask, no weight. */
export const gptNeo: Architecture = {
  id: 'gpt_neo',
  aliases: [],
  prefixes: ['transformer.', ''],
  tensors: {
    split: 'separate',
    orientation: 'out_in',
    q: 'h.{layer}.attn.attention.q_proj.weight',
    k: 'h.{layer}.attn.attention.k_proj.weight',
    o: 'h.{layer}.attn.attention.out_proj.weight',
  },
  config: {
    heads: ['num_heads', 'num_attention_heads'],
    kvHeads: [],
    headDim: [],
    layers: ['num_layers', 'num_hidden_layers'],
  },
  stack: 'self',
};
