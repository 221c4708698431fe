// Rows of vision models.
import { type Architecture, type HeadHint, keys, keysWithDefault, type Tower } from '../architecture.ts';
import { separateTower, USUAL_CONFIG, withHeads } from './towers.ts';

const V5_NAMES = { q: 'q_proj', k: 'k_proj', o: 'o_proj' };

/** BEiT's position biases, [distances, heads], per layer or for all layers, under the names of transformers 4 and 5. */
const BIAS_HINTS: readonly HeadHint[] = [
  'encoder.layer.{layer}.attention.attention.relative_position_bias',
  'encoder.relative_position_bias',
  'layers.{layer}.relative_position_bias',
  'shared_position_bias',
].map((module) => ({ tensor: `${module}.relative_position_bias_table`, axis: 1, determines: 'heads' }));

/** transformers, models/vit/modeling_vit.py; `v5` is the module's path as transformers 5 writes it. */
function vitRow(id: string, prefixes: readonly string[], v5 = 'layers.{layer}.attention.'): Architecture {
  const base = { prefixes, config: withHeads(USUAL_CONFIG, 12), hints: BIAS_HINTS };
  return {
    id,
    towers: [
      separateTower(
        'encoder.layer.{layer}.attention.',
        { q: 'attention.query', k: 'attention.key', o: 'output.dense' },
        base,
      ),
      separateTower(v5, V5_NAMES, { ...base, optional: true }),
    ],
  };
}

const dinov3: Architecture = {
  id: 'dinov3_vit',
  towers: [
    separateTower('layer.{layer}.attention.', V5_NAMES, {
      prefixes: ['dinov3_vit.', ''],
      config: withHeads(USUAL_CONFIG, 6),
    }),
  ],
};

/** models/vjepa2/modeling_vjepa2.py: an encoder of video, and the narrower predictor that it is trained with. */
function vjepa2Tower(
  module: 'encoder' | 'predictor',
  config: Tower['config'],
  more: Partial<Tower> = {},
): Tower {
  return separateTower(
    `${module}.layer.{layer}.attention.`,
    { q: 'query', k: 'key', o: 'proj' },
    { stack: `${module}.self`, prefixes: ['vjepa2.', ''], config, ...more },
  );
}

const vjepa2: Architecture = {
  id: 'vjepa2',
  towers: [
    vjepa2Tower('encoder', withHeads(USUAL_CONFIG, 16)),
    vjepa2Tower(
      'predictor',
      {
        heads: keysWithDefault(12, 'pred_num_attention_heads'),
        layers: keys('pred_num_hidden_layers'),
        width: keys('pred_hidden_size'),
      },
      { optional: true },
    ),
  ],
};

/** Makes a tower of Swin (models/swin): stages of growing width whose numbers of heads config.num_heads lists. */
function swinTower(names: { q: string; k: string; o?: string }, more: Partial<Tower> = {}): Tower {
  return separateTower('encoder.layers.{stage}.blocks.{layer}.attention.', names, {
    prefixes: ['swin.', ''],
    config: {
      heads: { ...keysWithDefault([3, 6, 12, 24], 'num_heads', 'num_attention_heads'), perLayer: true },
      layers: keys('depths'),
    },
    hints: ['self', 'relative_position_bias'].map((module) => ({
      tensor: `encoder.layers.{stage}.blocks.{layer}.attention.${module}.relative_position_bias_table`,
      axis: 1,
      determines: 'heads',
    })),
    ...more,
  });
}

const swin: Architecture = {
  id: 'swin',
  aliases: ['donut-swin'],
  towers: [
    swinTower({ q: 'self.query', k: 'self.key', o: 'output.dense' }),
    swinTower({ q: 'q_proj', k: 'k_proj', o: 'o_proj' }, { optional: true }),
  ],
};

const CLIP_NAMES = { q: 'q_proj', k: 'k_proj', o: 'out_proj' };
export const VISION_PREFIXES = [
  'vision_tower.vision_model.',
  'model.vision_tower.vision_model.',
  'vision_tower.',
  'model.vision_tower.',
];

export function clipTower(heads: number, prefixes: readonly string[], more: Partial<Tower> = {}): Tower {
  return separateTower('encoder.layers.{layer}.self_attn.', CLIP_NAMES, {
    prefixes,
    config: withHeads(USUAL_CONFIG, heads),
    ...more,
  });
}

/** Makes a row with both towers; SigLIP's pooling head has a learned probe as its query and no such Wq. */
function clipRow(id: string, textHeads: number): Architecture {
  const config = (scope: string, heads: number) => ({ ...withHeads(USUAL_CONFIG, heads), scope });
  return {
    id,
    towers: [
      clipTower(textHeads, ['text_model.'], { stack: 'text.self', config: config('text_config', textHeads) }),
      clipTower(12, ['vision_model.', 'vision_tower.vision_model.', 'model.vision_tower.vision_model.'], {
        stack: 'vision.self',
        config: config('vision_config', 12),
      }),
    ],
  };
}

/** Pixtral's vision tower, a part of Mistral 3. */
const pixtral: Architecture = {
  id: 'pixtral',
  towers: [
    separateTower('layers.{layer}.attention.', V5_NAMES, {
      prefixes: ['transformer.', ''],
      config: withHeads(USUAL_CONFIG, 16),
    }),
  ],
};

/** InternVL's vision tower, as transformers has it. */
const internvlVision: Architecture = {
  id: 'internvl_vision',
  towers: [
    separateTower(
      'encoder.layer.{layer}.attention.',
      { q: 'q_proj', k: 'k_proj', o: 'projection_layer' },
      { prefixes: [''], config: withHeads(USUAL_CONFIG, 16) },
    ),
  ],
};

const DINOV2_PREFIXES = ['dinov2.', '', 'dinov2_with_registers.'];

export const VISION_FAMILY: readonly Architecture[] = [
  vitRow('vit', ['vit.', '']),
  vitRow('deit', ['deit.', '']),
  vitRow('beit', ['beit.', '']),
  vitRow('vit_mae', ['vit.', '']),
  vitRow('yolos', ['vit.', '']),
  {
    ...vitRow('dinov2', DINOV2_PREFIXES, 'encoder.layer.{layer}.attention.'),
    aliases: ['dinov2_with_registers'],
  },
  dinov3,
  vjepa2,
  swin,
  clipRow('clip', 8),
  { ...clipRow('siglip', 12), aliases: ['siglip2'] },
  { id: 'clip_text_model', towers: [clipTower(8, ['text_model.', ''])] },
  { id: 'clip_vision_model', towers: [clipTower(12, ['vision_model.', ''])] },
  {
    id: 'siglip_vision_model',
    aliases: ['siglip2_vision_model'],
    towers: [clipTower(12, ['vision_model.', ''])],
  },
  {
    id: 'siglip_text_model',
    aliases: ['siglip2_text_model'],
    towers: [clipTower(12, ['text_model.', ''])],
  },
  pixtral,
  internvlVision,
];
