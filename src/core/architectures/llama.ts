import type { Architecture } from './architecture.ts';

/**
 * transformers, models/llama/modeling_llama.py: nn.Linear, grouped queries, head_dim honoured where config.json has it.
 * Many later models keep these names and this layout (Mistral, Qwen2, Gemma, …).
 */
export const llama: Architecture = {
  id: 'llama',
  aliases: [],
  prefixes: ['model.', ''],
  tensors: {
    split: 'separate',
    orientation: 'out_in',
    q: 'layers.{layer}.self_attn.q_proj.weight',
    k: 'layers.{layer}.self_attn.k_proj.weight',
    o: 'layers.{layer}.self_attn.o_proj.weight',
  },
  config: {
    heads: ['num_attention_heads'],
    kvHeads: ['num_key_value_heads'],
    headDim: ['head_dim'],
    layers: ['num_hidden_layers'],
  },
  stack: 'self',
};
