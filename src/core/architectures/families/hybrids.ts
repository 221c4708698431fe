// Rows of hybrids: models that mix softmax attention with linear attention.
import type { Architecture, Tower } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { LATENT_NOTE, LATENT_TENSORS } from './latent.ts';
import { llamaTower, TEXT_PREFIXES } from './llama.ts';
import { GROUPED_CONFIG, USUAL_CONFIG, withHeads } from './towers.ts';

const ATTENTION = 'layers.{layer}.self_attn.';
const DELTA_NET = 'linear attention (gated DeltaNet)';
const KDA = 'linear attention (Kimi Delta Attention)';
const LIGHTNING = 'linear attention (lightning attention)';

/** Recognises a layer of linear attention by `layer_types`, as transformers writes it. */
function listedAs(name: string) {
  return (layer: number, config: ConfigReader): string | undefined => {
    const types = config.get('layer_types');
    return Array.isArray(types) && types[layer] === 'linear_attention' ? name : undefined;
  };
}

/**
 * Recognises layers of linear attention; without `layer_types`, every n-th layer is full attention
 * (configuration_qwen3_next.py). The class's default n is no witness against a layer that has softmax attention's
 * names.
 */
function deltaNet(layer: number, config: ConfigReader): string | undefined {
  if (Array.isArray(config.get('layer_types'))) return listedAs(DELTA_NET)(layer, config);
  const every = Number(config.get('full_attention_interval'));
  return every >= 1 && (layer + 1) % every !== 0 ? DELTA_NET : undefined;
}

/** A tensor that only such a layer has (modeling_qwen3_next.py, modeling_qwen3_5.py, modeling_olmo_hybrid.py). */
const DELTA_SIGN = [{ sign: 'layers.{layer}.linear_attn.A_log', name: DELTA_NET }] as const;

/**
 * Makes a tower in which each head's queries are followed by its gate's rows, so that q_proj has twice the rows
 * (Qwen3-Next, Qwen3.5).
 */
export function gatedTower(prefixes: readonly string[], scope?: string): Tower {
  const config = { ...GROUPED_CONFIG, ...(scope === undefined ? {} : { scope }) };
  const tower = llamaTower(16, { prefixes, config });
  if (tower.tensors.kind !== 'separate') throw new TypeError('Llama’s projections are separate');
  return {
    ...tower,
    tensors: { ...tower.tensors, gated: true },
    isOther: deltaNet,
    otherAttention: DELTA_SIGN,
  };
}

/**
 * Reads `linear_attn_config`, which counts layers from 1 (transformers,
 * models/kimi_linear/configuration_kimi_linear.py).
 */
function kimiDelta(layer: number, config: ConfigReader): string | undefined {
  const listed = config.get('linear_attn_config.kda_layers');
  if (Array.isArray(listed)) return listed.includes(layer + 1) ? KDA : undefined;
  return listedAs(KDA)(layer, config);
}

/**
 * Latent attention in some layers; in the others q_proj and k_proj feed a linear attention, behind a convolution and
 * SiLU.
 */
const kimiLinear: Architecture = {
  id: 'kimi_linear',
  towers: [
    {
      stack: 'self',
      prefixes: TEXT_PREFIXES,
      tensors: LATENT_TENSORS,
      config: withHeads(USUAL_CONFIG, 32),
      note: LATENT_NOTE,
      isOther: kimiDelta,
      // The authors' files and transformers 5 use these names.
      otherAttention: ['q_conv1d.weight', 'conv1d.weight'].map((name) => ({
        sign: ATTENTION + name,
        name: KDA,
      })),
    },
  ],
  signatureTensors: [`${ATTENTION}kv_b_proj.weight`],
};

/**
 * Reads `attn_type_list`, with 0 for lightning attention and 1 for softmax (the authors' remote code; vLLM,
 * models/config.py).
 */
function lightning(layer: number, config: ConfigReader): string | undefined {
  const listed = config.get('attn_type_list');
  if (Array.isArray(listed)) return listed[layer] === 0 ? LIGHTNING : undefined;
  return listedAs(LIGHTNING)(layer, config);
}

/**
 * MiniMax-Text-01 and M1: lightning attention has one fused qkv_proj, by head, behind SiLU, so no form of Wq and Wk
 * alone; the other layers are Mixtral's (transformers, models/minimax/modeling_minimax.py).
 */
const minimax: Architecture = {
  id: 'minimax',
  aliases: ['minimax_text_01', 'minimax_m1'],
  towers: [
    {
      ...llamaTower(32),
      isOther: lightning,
      otherAttention: [{ sign: `${ATTENTION}output_gate.weight`, name: LIGHTNING }],
    },
  ],
  signatureTensors: [`${ATTENTION}output_gate.weight`],
};

/**
 * Models with layers of softmax attention beside layers of linear attention, which has queries and keys but no
 * query–key form.
 */
export const HYBRIDS: readonly Architecture[] = [
  {
    id: 'qwen3_next',
    towers: [gatedTower(TEXT_PREFIXES)],
    signatureTensors: ['layers.{layer}.linear_attn.in_proj_qkvz.weight'],
  },
  {
    id: 'qwen3_5_text',
    aliases: ['qwen3_5_moe_text'],
    towers: [gatedTower(TEXT_PREFIXES)],
    signatureTensors: ['layers.{layer}.linear_attn.in_proj_qkv.weight'],
  },
  kimiLinear,
  minimax,
  // models/olmo_hybrid/modeling_olmo_hybrid.py: linear layers have `linear_attn` in place of `self_attn`.
  {
    id: 'olmo_hybrid',
    towers: [{ ...llamaTower(30), isOther: listedAs(DELTA_NET), otherAttention: DELTA_SIGN }],
  },
];
