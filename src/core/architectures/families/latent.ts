// Rows of models with multi-head latent attention.
import type { Architecture, LatentTensors } from '../architecture.ts';
import { TEXT_PREFIXES } from './llama.ts';
import { FURTHER_TOKENS, USUAL_CONFIG, withHeads } from './towers.ts';

export const LATENT_NOTE =
  'Latent attention: Wq and Wk are composed from their low-rank factors, with the gains of the norms between them folded in; the norms’ own factors depend on the token and are left out.';

const at = (name: string) => [`layers.{layer}.self_attn.${name}.weight`];

export const LATENT_TENSORS: LatentTensors = {
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

/**
 * Makes a row with multi-head latent attention (arXiv:2405.04434); num_key_value_heads and head_dim of such configs
 * mean something else.
 */
function latentRow(
  id: string,
  heads: number,
  more: { readonly aliases?: readonly string[]; readonly extraLayers?: string } = {},
): Architecture {
  const { aliases = [], ...tower } = more;
  return {
    id,
    aliases,
    towers: [
      {
        stack: 'self',
        prefixes: TEXT_PREFIXES,
        tensors: LATENT_TENSORS,
        config: withHeads(USUAL_CONFIG, heads),
        note: LATENT_NOTE,
        ...tower,
      },
    ],
  };
}

const PREDICTS = { extraLayers: FURTHER_TOKENS };

/**
 * Models with latent attention. DeepSeek-V3.2 and GLM-5 also have an indexer that picks tokens to attend to, which
 * isn't read.
 */
export const LATENT_FAMILY: readonly Architecture[] = [
  latentRow('deepseek_v2', 32),
  latentRow('deepseek_v3', 128, { aliases: ['kimi_k2'], ...PREDICTS }),
  latentRow('deepseek_v32', 128, PREDICTS),
  latentRow('glm4_moe_lite', 20, PREDICTS),
  latentRow('glm_moe_dsa', 64, PREDICTS),
  latentRow('mistral4', 32),
  latentRow('youtu', 16),
  latentRow('minicpm3', 40),
];
