import { type Architecture, keys, type Part } from '../architecture.ts';
import { llamaTower } from './llama.ts';
import { CROSS_NOTE, fusedTower, GROUPED_CONFIG, separateTower, USUAL_CONFIG, withHeads } from './towers.ts';
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
        hints: [{ tensor: 'layers.{layer}.cross_attn.q_norm.weight', axis: 0, rank: 1, tells: 'head-dim' }],
        note: CROSS_NOTE,
      },
    ),
    mllamaVision('vision.self', 'transformer', 'num_hidden_layers'),
    mllamaVision('vision.global', 'global_transformer', 'num_global_layers'),
  ],
};

/** Old Qwen2-VL configs keep the text's entries at the top level; its vision tower is [Q | K | V]. */
function qwenVisionRow(id: string, heads: number): Architecture {
  return {
    id,
    towers: [
      {
        ...llamaTower(heads, {
          prefixes: ['model.language_model.', 'model.', 'language_model.model.', 'language_model.'],
          config: TEXT,
        }),
        stack: 'text.self',
      },
      fusedTower('blocks.{layer}.attn.qkv', 'concat', {
        stack: 'vision.self',
        prefixes: ['visual.', 'model.visual.'],
        config: {
          scope: 'vision_config',
          heads: { keys: ['num_heads'], missing: 16 },
          layers: keys('depth'),
        },
        o: 'blocks.{layer}.attn.proj',
      }),
    ],
  };
}

/** A text model and a vision model, each of the type that its nested config names. */
function textVisionRow(id: string, text: string, vision = 'clip_vision_model'): Architecture {
  const parts: readonly Part[] = [
    { scope: 'text_config', modality: 'text', prefixes: TEXT_PREFIXES, missing: text },
    { scope: 'vision_config', modality: 'vision', prefixes: VISION_PREFIXES, missing: vision },
  ];
  return { id, towers: [], parts };
}

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
  textVisionRow('llava', 'llama'),
  textVisionRow('llava_next', 'llama'),
  textVisionRow('vipllava', 'llama'),
  textVisionRow('paligemma', 'gemma', 'siglip_vision_model'),
  textVisionRow('mistral3', 'mistral', 'pixtral'),
  textVisionRow('internvl', 'qwen2', 'internvl_vision'),
  textVisionRow('aya_vision', 'cohere2', 'siglip_vision_model'),
  textVisionRow('llava_onevision', 'qwen2', 'siglip_vision_model'),
  encoderDecoderRow('vision-encoder-decoder'),
  encoderDecoderRow('encoder-decoder'),
  encoderDecoderRow('speech-encoder-decoder'),
];
