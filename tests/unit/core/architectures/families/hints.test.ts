import { describe, expect, it } from 'vitest';
import { answerFor, layoutFor, type Shapes, stacksOf } from '../../../../support/architectures/answerFor.ts';

const LLAMA = {
  'model.layers.0.self_attn.q_proj.weight': [64, 32],
  'model.layers.0.self_attn.k_proj.weight': [32, 32],
};
const BERT = {
  'encoder.layer.0.attention.self.query.weight': [64, 64],
  'encoder.layer.0.attention.self.key.weight': [64, 64],
};
const WAV2VEC = {
  'encoder.layers.0.attention.q_proj.weight': [64, 64],
  'encoder.layers.0.attention.k_proj.weight': [64, 64],
};
const BEIT = {
  'beit.encoder.layer.0.attention.attention.query.weight': [64, 64],
  'beit.encoder.layer.0.attention.attention.key.weight': [64, 64],
};
const MPNET = {
  'encoder.layer.0.attention.attn.q.weight': [64, 64],
  'encoder.layer.0.attention.attn.k.weight': [64, 64],
};
const T5 = {
  'encoder.block.0.layer.0.SelfAttention.q.weight': [64, 40],
  'encoder.block.0.layer.0.SelfAttention.k.weight': [64, 40],
};
const BAICHUAN = {
  'model.layers.0.self_attn.W_pack.weight': [192, 64],
  'model.layers.0.self_attn.o_proj.weight': [64, 64],
};
const PERSIMMON = {
  'model.layers.0.self_attn.query_key_value.weight': [192, 64],
};

describe('a tensor’s size that determines the heads without config.json', () => {
  it.each<[string, Shapes, string]>([
    [
      'old Llama’s frequencies, dh / 2',
      { ...LLAMA, 'model.layers.0.self_attn.rotary_emb.inv_freq': [8] },
      '4/2×16',
    ],
    ['Qwen3’s norm, dh', { ...LLAMA, 'model.layers.0.self_attn.q_norm.weight': [16] }, '4/2×16'],
    ['LFM2’s and Phi’s', { ...LLAMA, 'model.layers.0.self_attn.q_layernorm.weight': [16] }, '4/2×16'],
    ['Hunyuan’s', { ...LLAMA, 'model.layers.0.self_attn.query_layernorm.weight': [16] }, '4/2×16'],
    [
      'StableLM’s, one for each head',
      { ...LLAMA, 'model.layers.0.self_attn.q_layernorm.norms.0.weight': [16] },
      '4/2×16',
    ],
    ['Cohere’s, [heads, dh]', { ...LLAMA, 'model.layers.0.self_attn.q_norm.weight': [4, 16] }, '4/2×16'],
    ['GPT-OSS’s sinks, one per head', { ...LLAMA, 'model.layers.0.self_attn.sinks': [4] }, '4/2×16'],
    [
      'ESM-2’s frequencies',
      { ...BERT, 'encoder.layer.0.attention.self.rotary_embeddings.inv_freq': [8] },
      '4/4×16',
    ],
    ['WavLM’s gates', { ...WAV2VEC, 'encoder.layers.0.attention.gru_rel_pos_const': [1, 4, 1, 1] }, '4/4×16'],
    [
      'BEiT’s biases of a layer',
      {
        ...BEIT,
        'beit.encoder.layer.0.attention.attention.relative_position_bias.relative_position_bias_table': [
          9, 4,
        ],
      },
      '4/4×16',
    ],
    [
      'BEiT’s biases of all layers',
      { ...BEIT, 'beit.encoder.relative_position_bias.relative_position_bias_table': [9, 4] },
      '4/4×16',
    ],
    ['MPNet’s biases', { ...MPNET, 'encoder.relative_attention_bias.weight': [32, 4] }, '4/4×16'],
    [
      'T5’s biases',
      { ...T5, 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight': [32, 4] },
      '4/4×16',
    ],
    [
      'old Baichuan’s frequencies',
      { ...BAICHUAN, 'model.layers.0.self_attn.rotary_emb.inv_freq': [8] },
      '4/4×16',
    ],
    [
      'Persimmon’s norm',
      {
        ...PERSIMMON,
        'model.layers.0.self_attn.q_layernorm.weight': [16],
        // Phi-3-small has the same names of attention, with other orders of rows.
        'model.layers.0.mlp.dense_h_to_4h.weight': [256, 64],
      },
      '4/4×16',
    ],
  ])('%s', (_, shapes, split) => {
    const layout = layoutFor(shapes, null);
    expect(stacksOf(layout)[0]!.split(' ')[1]).toBe(split);
    expect(layout.notes.join(' ')).toMatch(/by the size of|by the tensors’ names|by the tensors' names/);
  });

  it.each<[string, Shapes]>([
    ['a norm over all heads (OLMo 2)', { ...LLAMA, 'model.layers.0.self_attn.q_norm.weight': [64] }],
    ['a size that divides nothing', { ...LLAMA, 'model.layers.0.self_attn.sinks': [7] }],
    [
      'a table of BEiT’s beside BERT',
      { ...BERT, 'encoder.relative_position_bias.relative_position_bias_table': [9, 4] },
    ],
  ])('asks where %s determines nothing', (_, shapes) => {
    expect(answerFor(shapes, null).kind).toBe('question');
  });

  it('reads the heads of each of Swin’s stages', () => {
    const block = (stage: number, d: number, heads: number) => ({
      [`swin.encoder.layers.${stage}.blocks.0.attention.self.query.weight`]: [d, d],
      [`swin.encoder.layers.${stage}.blocks.0.attention.self.key.weight`]: [d, d],
      [`swin.encoder.layers.${stage}.blocks.0.attention.self.relative_position_bias_table`]: [9, heads],
    });
    const layout = layoutFor({ ...block(0, 32, 2), ...block(1, 64, 4) }, null);
    expect(layout.stacks[0]!.layers.map(({ layer, heads, dModel }) => [layer, heads, dModel])).toEqual([
      [0, 2, 32],
      [1, 4, 64],
    ]);
  });

  it('asks where it contradicts config.json, naming both', () => {
    const shapes = { ...LLAMA, 'model.layers.0.self_attn.q_norm.weight': [16] };
    const answer = answerFor(shapes, { model_type: 'qwen3', num_attention_heads: 8 });
    expect(answer).toMatchObject({ kind: 'question' });
    if (answer.kind === 'question')
      expect(answer.why).toMatch(
        /config\.json says 8 heads, but the size of .*q_norm\.weight makes 4 heads of 16/,
      );
  });
});
