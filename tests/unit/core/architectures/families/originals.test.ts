import { describe, expect, it } from 'vitest';
import {
  answerFor,
  layersOf,
  layoutFor,
  type Shapes,
  stacksOf,
} from '../../../../support/architectures/answerFor.ts';

const two = (shapes: Shapes) => layersOf([0, 1], shapes);
const inProj = (module: string) => ({
  [`${module}.in_proj_weight`]: [192, 64],
  [`${module}.out_proj.weight`]: [64, 64],
});
const whisper = (module: string) => ({
  [`${module}.query.weight`]: [64, 64],
  [`${module}.key.weight`]: [64, 64],
});

describe('models under their authors’ names', () => {
  it.each<[string, string, Record<string, unknown>, Shapes, string[]]>([
    [
      'Llama’s and Mistral’s, with params.json',
      'llama-original',
      { dim: 64, n_layers: 2, n_heads: 4, n_kv_heads: 2 },
      two({ 'layers.{layer}.attention.wq.weight': [64, 64], 'layers.{layer}.attention.wk.weight': [32, 64] }),
      ['self 4/2×16'],
    ],
    [
      'GPT-OSS’s',
      'gpt_oss-original',
      { num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, num_hidden_layers: 2 },
      two({
        'block.{layer}.attn.qkv.weight': [128, 40],
        'block.{layer}.attn.out.weight': [40, 64],
        'block.{layer}.attn.sinks': [4],
      }),
      ['self 4/2×16'],
    ],
    [
      'Phi’s',
      'phi-msft',
      { model_type: 'phi-msft', n_head: 4, n_head_kv: null, n_layer: 2 },
      two({ 'transformer.h.{layer}.mixer.Wqkv.weight': [192, 64] }),
      ['self 4/4×16'],
    ],
    [
      'Whisper’s',
      'whisper-original',
      { n_audio_head: 4, n_text_head: 8 },
      {
        ...two(whisper('encoder.blocks.{layer}.attn')),
        ...two(whisper('decoder.blocks.{layer}.attn')),
        ...two(whisper('decoder.blocks.{layer}.cross_attn')),
      },
      ['encoder.self 4/4×16', 'decoder.self 8/8×8', 'decoder.cross 8/8×8'],
    ],
    [
      'torch’s nn.TransformerEncoder',
      'torch-encoder',
      { nhead: 4 },
      two(inProj('transformer_encoder.layers.{layer}.self_attn')),
      ['self 4/4×16'],
    ],
    [
      'torch’s nn.Transformer',
      'torch-transformer',
      { nhead: 4 },
      {
        ...two(inProj('transformer.encoder.layers.{layer}.self_attn')),
        ...two(inProj('transformer.decoder.layers.{layer}.self_attn')),
        ...two(inProj('transformer.decoder.layers.{layer}.multihead_attn')),
      },
      ['encoder.self 4/4×16', 'decoder.self 4/4×16', 'decoder.cross 4/4×16'],
    ],
    [
      'timm’s ViT',
      'timm-vit',
      { num_heads: 4 },
      {
        ...two({ 'blocks.{layer}.attn.qkv.weight': [192, 64], 'blocks.{layer}.attn.proj.weight': [64, 64] }),
        'patch_embed.proj.weight': [64, 3, 16, 16],
      },
      ['self 4/4×16'],
    ],
  ])('%s', (_, id, config, shapes, stacks) => {
    const layout = layoutFor(shapes, config);
    expect(layout.architecture).toBe(id);
    expect(stacksOf(layout)).toEqual(stacks);
  });

  it('asks for the heads of open_clip’s two towers in turn', () => {
    const shapes = {
      ...two(inProj('transformer.resblocks.{layer}.attn')),
      ...two(inProj('visual.transformer.resblocks.{layer}.attn')),
    };
    const answer = answerFor(shapes, null);
    if (answer.kind !== 'question') throw new Error(answer.kind);
    expect(answer.stack).toBe('text.self');
    expect(answer.splits).toContainEqual({ heads: 4, kvHeads: 4, dHead: 16 });
  });

  it('takes GPT-OSS’s heads from its sinks', () => {
    const shapes = two({
      'block.{layer}.attn.qkv.weight': [128, 40],
      'block.{layer}.attn.out.weight': [40, 64],
      'block.{layer}.attn.sinks': [4],
    });
    expect(stacksOf(layoutFor(shapes, null))).toEqual(['self 4/2×16']);
  });

  it('reads jina’s projection under its task adapters', () => {
    const shapes = two({
      'roberta.encoder.layers.{layer}.mixer.Wqkv.parametrizations.weight.original': [192, 64],
    });
    const config = { model_type: 'xlm-roberta-flash', num_attention_heads: 4 };
    expect(stacksOf(layoutFor(shapes, config))).toEqual(['self 4/4×16']);
  });
});
