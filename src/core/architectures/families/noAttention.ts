// Rows of models without attention, which are refused by name.
import type { Architecture } from '../architecture.ts';

/** Models without queries and keys. RWKV's attention.key has no query beside it. */
export const NO_ATTENTION: readonly Architecture[] = [
  {
    id: 'mamba',
    aliases: ['mamba2', 'falcon_mamba'],
    towers: [],
    signatureTensors: [
      'backbone.layers.{layer}.mixer.in_proj.weight',
      'model.layers.{layer}.mixer.in_proj.weight',
      'blk.{layer}.ssm_in.weight',
    ],
    refusal: 'This is a Mamba, a state-space model: it has no attention, so it has no query and key weights.',
  },
  {
    id: 'rwkv',
    aliases: ['rwkv5', 'rwkv6', 'rwkv7'],
    towers: [],
    signatureTensors: [
      'rwkv.blocks.{layer}.attention.receptance.weight',
      'blocks.{layer}.attention.receptance.weight',
      'blocks.{layer}.att.receptance.weight',
      'blk.{layer}.time_mix_receptance.weight',
    ],
    refusal:
      'This is an RWKV: its “attention” has keys and a receptance but no queries, so there is no query–key form.',
  },
];
