import type { Architecture, LatentTensors } from '../architecture.ts';
import { TEXT_PREFIXES } from './llama.ts';
import { USUAL_CONFIG, withHeads } from './towers.ts';

export const LATENT_NOTE =
  'Latent attention: Wq and Wk are composed from their low-rank factors, with the gains of the norms between them folded in; the norms’ own factors depend on the token and are left out.';

const at = (name: string) => [`layers.{layer}.self_attn.${name}.weight`];

const tensors: LatentTensors = {
  kind: 'latent',
  q: at('q_proj'),
  qA: at('q_a_proj'),
  qNorm: at('q_a_layernorm'),
  qB: at('q_b_proj'),
  kvA: at('kv_a_proj_with_mqa'),
  kvNorm: at('kv_a_layernorm'),
  kvB: at('kv_b_proj'),
  o: at('o_proj'),
};

/** Multi-head latent attention (arXiv:2405.04434); num_key_value_heads and head_dim of its configs mean something else. */
function latentRow(id: string, heads: number, aliases: readonly string[] = []): Architecture {
  return {
    id,
    aliases,
    towers: [
      {
        stack: 'self',
        prefixes: TEXT_PREFIXES,
        tensors,
        config: withHeads(USUAL_CONFIG, heads),
        note: LATENT_NOTE,
      },
    ],
  };
}

export const LATENT_FAMILY: readonly Architecture[] = [
  latentRow('deepseek_v2', 32),
  latentRow('deepseek_v3', 128, ['kimi_k2']),
  latentRow('minicpm3', 40),
];
