import { describe, expect, it } from 'vitest';
import { layersOf, layoutFor, type Shapes, stacksOf } from '../../../../support/architectures/answerFor.ts';

const pair = (module: string, q: string, k: string, rows = 64, kRows = rows, d = 64): Shapes => ({
  [`${module}${q}.weight`]: [rows, d],
  [`${module}${k}.weight`]: [kRows, d],
});
const projections = (module: string, rows = 64, kRows = rows) =>
  pair(module, 'q_proj', 'k_proj', rows, kRows);
const two = (shapes: Shapes) => layersOf([0, 1], shapes);

const BERT_DECODER = two({
  ...pair('decoder.bert.encoder.layer.{layer}.attention.', 'self.query', 'self.key'),
  ...pair('decoder.bert.encoder.layer.{layer}.crossattention.', 'self.query', 'self.key'),
});
const GPT2_DECODER = two({
  'decoder.transformer.h.{layer}.attn.c_attn.weight': [64, 192],
  'decoder.transformer.h.{layer}.crossattention.q_attn.weight': [64, 64],
  // Keys, then values.
  'decoder.transformer.h.{layer}.crossattention.c_attn.weight': [64, 128],
});
const VIT = two(pair('encoder.encoder.layer.{layer}.attention.', 'attention.query', 'attention.key'));
const CLIP = two(projections('vision_tower.vision_model.encoder.layers.{layer}.self_attn.'));

describe('composite models with parts of their usual types', () => {
  it.each<[string, Record<string, unknown>, Shapes, string[]]>([
    [
      'LLaVA: Llama and CLIP',
      {
        model_type: 'llava',
        text_config: { model_type: 'llama', num_attention_heads: 4, num_key_value_heads: 2 },
        vision_config: { model_type: 'clip_vision_model', num_attention_heads: 8 },
      },
      { ...two(projections('language_model.model.layers.{layer}.self_attn.', 64, 32)), ...CLIP },
      ['text.self 4/2×16', 'vision.self 8/8×8'],
    ],
    [
      'PaliGemma: a Gemma whose head_dim isn’t d / H, and SigLIP',
      {
        model_type: 'paligemma',
        text_config: { model_type: 'gemma', num_attention_heads: 4, num_key_value_heads: 1, head_dim: 32 },
        vision_config: { model_type: 'siglip_vision_model', num_attention_heads: 8 },
      },
      { ...two(projections('model.language_model.layers.{layer}.self_attn.', 128, 32)), ...CLIP },
      ['text.self 4/1×32', 'vision.self 8/8×8'],
    ],
    [
      'Mistral 3: its vision part says nothing of its type',
      {
        model_type: 'mistral3',
        text_config: { num_attention_heads: 4 },
        vision_config: {},
      },
      {
        ...two(projections('language_model.model.layers.{layer}.self_attn.', 64, 32)),
        ...two(projections('vision_tower.transformer.layers.{layer}.attention.')),
      },
      // Pixtral's default is 16 heads.
      ['text.self 4/2×16', 'vision.self 16/16×4'],
    ],
    [
      'InternVL: Qwen2 and its own vision tower',
      {
        model_type: 'internvl',
        text_config: { model_type: 'qwen2', num_attention_heads: 4 },
        vision_config: { model_type: 'internvl_vision', num_attention_heads: 8 },
      },
      {
        ...two(projections('model.language_model.layers.{layer}.self_attn.', 64, 32)),
        ...two(projections('model.vision_tower.encoder.layer.{layer}.attention.')),
      },
      ['text.self 4/2×16', 'vision.self 8/8×8'],
    ],
    [
      'TrOCR: ViT and a decoder of BART’s names',
      {
        model_type: 'vision-encoder-decoder',
        encoder: { model_type: 'vit', num_attention_heads: 4 },
        decoder: { model_type: 'trocr', decoder_attention_heads: 8 },
      },
      {
        ...VIT,
        ...two(projections('decoder.model.decoder.layers.{layer}.self_attn.')),
        ...two(projections('decoder.model.decoder.layers.{layer}.encoder_attn.')),
      },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'Donut: Swin and the decoder half of mBART',
      {
        model_type: 'vision-encoder-decoder',
        encoder: { model_type: 'donut-swin', num_heads: [2, 4], depths: [1, 1] },
        decoder: { model_type: 'mbart', decoder_attention_heads: 8 },
      },
      {
        ...pair('encoder.encoder.layers.0.blocks.0.attention.', 'self.query', 'self.key', 32, 32, 32),
        ...pair('encoder.encoder.layers.1.blocks.0.attention.', 'self.query', 'self.key'),
        ...two(projections('decoder.model.decoder.layers.{layer}.self_attn.')),
        ...two(projections('decoder.model.decoder.layers.{layer}.encoder_attn.')),
      },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'two BERTs, the second with cross-attention',
      {
        model_type: 'encoder-decoder',
        encoder: { model_type: 'bert', num_attention_heads: 4 },
        decoder: { model_type: 'bert', num_attention_heads: 8, is_decoder: true, add_cross_attention: true },
      },
      { ...two(pair('encoder.encoder.layer.{layer}.attention.', 'self.query', 'self.key')), ...BERT_DECODER },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'ViT and GPT-2 with cross-attention',
      {
        model_type: 'vision-encoder-decoder',
        encoder: { model_type: 'vit', num_attention_heads: 4 },
        decoder: { model_type: 'gpt2', n_head: 8 },
      },
      { ...VIT, ...GPT2_DECODER },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'wav2vec 2.0 and BART’s decoder',
      {
        model_type: 'speech-encoder-decoder',
        encoder: { model_type: 'wav2vec2', num_attention_heads: 4 },
        decoder: { model_type: 'bart', decoder_attention_heads: 8 },
      },
      {
        ...two(projections('encoder.encoder.layers.{layer}.attention.')),
        ...two(projections('decoder.model.decoder.layers.{layer}.self_attn.')),
        ...two(projections('decoder.model.decoder.layers.{layer}.encoder_attn.')),
      },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'an old Qwen2-VL, whose config.json has the text’s entries at its top level',
      {
        model_type: 'qwen2_vl',
        num_attention_heads: 4,
        num_key_value_heads: 2,
        vision_config: { num_heads: 8 },
      },
      {
        ...two(projections('model.layers.{layer}.self_attn.', 64, 32)),
        ...two({ 'visual.blocks.{layer}.attn.qkv.weight': [192, 64] }),
      },
      ['text.self 4/2×16', 'vision.self 8/8×8'],
    ],
    [
      'an old CLIP, whose text_config_dict replaces its text_config',
      {
        model_type: 'clip',
        text_config: { num_attention_heads: 16 },
        text_config_dict: { num_attention_heads: 4 },
        vision_config: { num_attention_heads: 8 },
        vision_config_dict: null,
      },
      {
        ...two(projections('text_model.encoder.layers.{layer}.self_attn.')),
        ...two(projections('vision_model.encoder.layers.{layer}.self_attn.')),
        // SigLIP's pooling head has a learned query, no Wq of this kind.
        'vision_model.head.attention.in_proj_weight': [192, 64],
      },
      ['text.self 4/4×16', 'vision.self 8/8×8'],
    ],
  ])('%s', (_, config, shapes, stacks) => {
    const layout = layoutFor(shapes, config);
    expect(stacksOf(layout)).toEqual(stacks);
    expect(layout.stacks.map(({ isCross }) => isCross)).toEqual(stacks.map((name) => name.includes('cross')));
    expect(layout.stacks.every(({ layers }) => layers.length === 2)).toBe(true);
  });

  it('a composite model is read without a part of an unknown type', () => {
    const config = {
      model_type: 'llava',
      text_config: { model_type: 'llama', num_attention_heads: 4 },
      vision_config: { model_type: 'some_new_eye' },
    };
    const shapes = {
      ...two(projections('language_model.model.layers.{layer}.self_attn.')),
      'vision_tower.eye.weight': [64, 64],
    };
    expect(stacksOf(layoutFor(shapes, config))).toEqual(['text.self 4/4×16']);
  });
});
