// Rows of models that read images or sound beside text.
import { type Architecture, keys, keysWithDefault, type Part, type Tower } from '../architecture.ts';
import { gatedTower } from './hybrids.ts';
import { llamaTower } from './llama.ts';
import {
  CROSS_NOTE,
  FURTHER_TOKENS,
  fusedTower,
  GROUPED_CONFIG,
  separateTower,
  USUAL_CONFIG,
  withHeads,
} from './towers.ts';
import { clipTower, VISION_PREFIXES } from './vision.ts';

const TEXT_PREFIXES = ['language_model.model.', 'model.language_model.', 'language_model.'];
const TEXT = { ...GROUPED_CONFIG, scope: 'text_config' };
const VISION = { ...USUAL_CONFIG, scope: 'vision_config' };

const gemma3: Architecture = {
  id: 'gemma3',
  towers: [
    { ...llamaTower(8, { prefixes: TEXT_PREFIXES, config: TEXT }), stack: 'text.self' },
    clipTower(12, VISION_PREFIXES, { stack: 'vision.self', config: withHeads(VISION, 12) }),
  ],
};

const llama4: Architecture = {
  id: 'llama4',
  towers: [
    { ...llamaTower(40, { prefixes: TEXT_PREFIXES.slice(0, 2), config: TEXT }), stack: 'text.self' },
    {
      ...llamaTower(16, {
        prefixes: ['vision_model.model.', 'model.vision_model.model.'],
        config: VISION,
        hints: [],
      }),
      stack: 'vision.self',
    },
  ],
};

const MLLAMA_PREFIXES = ['language_model.model.', 'model.language_model.', 'model.'];

/** Llama 3.2 Vision: some text layers look at the image instead of the text; two vision transformers. */
function mllamaVision(stack: string, transformer: string, layers: string) {
  return {
    ...llamaTower(16, {
      prefixes: [`vision_model.${transformer}.`, `model.vision_model.${transformer}.`],
      config: {
        scope: 'vision_config',
        heads: keys('attention_heads', 'num_attention_heads'),
        layers: keys(layers),
      },
      hints: [],
    }),
    stack,
  };
}

const mllama: Architecture = {
  id: 'mllama',
  aliases: ['mllama_text_model'],
  towers: [
    {
      ...llamaTower(32, {
        prefixes: MLLAMA_PREFIXES,
        config: { ...TEXT, headDim: { keys: [] } },
        hints: [],
      }),
      stack: 'text.self',
    },
    separateTower(
      'layers.{layer}.cross_attn.',
      { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
      {
        stack: 'text.cross',
        prefixes: MLLAMA_PREFIXES,
        config: withHeads({ ...TEXT, headDim: { keys: [] } }, 32),
        hints: [
          { tensor: 'layers.{layer}.cross_attn.q_norm.weight', axis: 0, rank: 1, determines: 'head-dim' },
        ],
        note: CROSS_NOTE,
      },
    ),
    mllamaVision('vision.self', 'transformer', 'num_hidden_layers'),
    mllamaVision('vision.global', 'global_transformer', 'num_global_layers'),
  ],
};

const QWEN_PREFIXES = ['model.language_model.', 'model.', 'language_model.model.', 'language_model.'];

/**
 * Qwen2-VL's and GLM-4V's vision towers: [Q | K | V]. `hidden_size` of Qwen2-VL's is what its merger makes of
 * embed_dim.
 */
function qwenVision(heads: number, prefixes = ['visual.', 'model.visual.']): Tower {
  return fusedTower('blocks.{layer}.attn.qkv', 'concat', {
    stack: 'vision.self',
    prefixes,
    config: {
      scope: 'vision_config',
      heads: { keys: ['num_heads'], default: heads },
      layers: keys('depth'),
      width: keys('embed_dim', 'hidden_size'),
    },
    o: 'blocks.{layer}.attn.proj',
  });
}

/** Old Qwen2-VL configs keep the text's entries at the top level. */
function qwenVisionRow(id: string, heads: number, text: Partial<Tower> = {}, visionHeads = 16): Architecture {
  const tower = llamaTower(heads, { prefixes: QWEN_PREFIXES, config: TEXT });
  return { id, towers: [{ ...tower, ...text, stack: 'text.self' }, qwenVision(visionHeads)] };
}

/** Qwen3.5's text model has linear attention in three of four layers, and gates beside its queries. */
function qwen35Row(id: string): Architecture {
  return {
    id,
    towers: [{ ...gatedTower(QWEN_PREFIXES, 'text_config'), stack: 'text.self' }, qwenVision(16)],
  };
}

/**
 * models/qwen2_5_omni and qwen3_omni_moe: a thinker that reads text, images and sound, and a talker. The vision
 * tower of 2.5 has q and k apart.
 */
function omniRow(id: string, heads: number, vision: Tower): Architecture {
  const thinker = (part: string) => `thinker_config.${part}`;
  return {
    id,
    towers: [
      {
        ...llamaTower(heads, {
          prefixes: ['thinker.model.'],
          config: { ...GROUPED_CONFIG, scope: thinker('text_config') },
        }),
        stack: 'text.self',
      },
      { ...vision, config: { ...vision.config, scope: thinker('vision_config') } },
      separateTower(
        'layers.{layer}.self_attn.',
        { q: 'q_proj', k: 'k_proj', o: 'out_proj' },
        {
          stack: 'audio.self',
          prefixes: ['thinker.audio_tower.'],
          config: {
            scope: thinker('audio_config'),
            heads: keysWithDefault(20, 'encoder_attention_heads'),
            layers: keys('encoder_layers'),
            width: keys('d_model'),
          },
        },
      ),
    ],
  };
}

const OMNI_VISION = ['thinker.visual.'];

const qwen25Omni = omniRow(
  'qwen2_5_omni',
  28,
  separateTower(
    'blocks.{layer}.attn.',
    { q: 'q', k: 'k', o: 'proj' },
    { stack: 'vision.self', prefixes: OMNI_VISION, config: qwenVision(16).config },
  ),
);

/** A text model and a vision model, each of the type that its nested config names. */
function textVisionRow(id: string, text: string, vision = 'clip_vision_model'): Architecture {
  const parts: readonly Part[] = [
    { scope: 'text_config', modality: 'text', prefixes: TEXT_PREFIXES, default: text },
    { scope: 'vision_config', modality: 'vision', prefixes: VISION_PREFIXES, default: vision },
  ];
  return { id, towers: [], parts };
}

/** models/modernvbert/modeling_modernvbert.py: ModernBERT behind SigLIP. */
const modernVBert: Architecture = {
  id: 'modernvbert',
  towers: [],
  parts: [
    {
      scope: 'text_config',
      modality: 'text',
      prefixes: ['model.text_model.', 'text_model.'],
      default: 'modernbert',
    },
    {
      scope: 'vision_config',
      modality: 'vision',
      prefixes: ['model.vision_model.', 'vision_model.'],
      default: 'siglip_vision_model',
    },
  ],
};

function encoderDecoderRow(id: string): Architecture {
  return {
    id,
    towers: [],
    parts: [
      { scope: 'encoder', modality: 'encoder', prefixes: ['encoder.'] },
      { scope: 'decoder', modality: 'decoder', prefixes: ['decoder.'] },
    ],
  };
}

export const MULTIMODAL: readonly Architecture[] = [
  gemma3,
  llama4,
  mllama,
  qwenVisionRow('qwen2_vl', 64),
  qwenVisionRow('qwen2_5_vl', 64),
  qwenVisionRow('qwen3_vl', 32),
  qwenVisionRow('qwen3_vl_moe', 16),
  qwenVisionRow('glm4v', 32, {}, 12),
  qwenVisionRow('glm4v_moe', 96, { extraLayers: FURTHER_TOKENS }, 12),
  qwen35Row('qwen3_5'),
  qwen35Row('qwen3_5_moe'),
  qwen25Omni,
  omniRow('qwen3_omni_moe', 28, qwenVision(16, OMNI_VISION)),
  textVisionRow('llava', 'llama'),
  textVisionRow('llava_next', 'llama'),
  textVisionRow('vipllava', 'llama'),
  textVisionRow('paligemma', 'gemma', 'siglip_vision_model'),
  textVisionRow('mistral3', 'mistral', 'pixtral'),
  textVisionRow('internvl', 'qwen2', 'internvl_vision'),
  textVisionRow('aya_vision', 'cohere2', 'siglip_vision_model'),
  textVisionRow('llava_onevision', 'qwen2', 'siglip_vision_model'),
  textVisionRow('kimi_k25', 'deepseek_v3'),
  textVisionRow('minimax_m3_vl', 'minimax_m3_vl_text'),
  textVisionRow('lfm2_vl', 'lfm2', 'siglip2_vision_model'),
  modernVBert,
  encoderDecoderRow('vision-encoder-decoder'),
  encoderDecoderRow('encoder-decoder'),
  encoderDecoderRow('speech-encoder-decoder'),
];
