import type { Architecture } from './architecture.ts';

/**
 * transformers, models/gpt2/modeling_gpt2.py: one Conv1D c_attn, stored [in, out], columns [Q | K | V].
 * The same name stored as [3d, d] is another model's (Qwen v1, GPT-BigCode, nanoGPT exports) and isn't read as this.
 */
export const gpt2: Architecture = {
  id: 'gpt2',
  aliases: [],
  prefixes: ['transformer.', ''],
  tensors: { split: 'fused-concat', orientation: 'in_out', qkv: 'h.{layer}.attn.c_attn.weight' },
  config: {
    heads: ['n_head', 'num_attention_heads'],
    kvHeads: [],
    headDim: [],
    layers: ['n_layer', 'num_hidden_layers'],
  },
  stack: 'self',
};
