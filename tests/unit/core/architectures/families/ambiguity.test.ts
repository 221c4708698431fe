import { describe, expect, it } from 'vitest';
import { answerFor, layoutFor, type Shapes } from '../../../../support/architectures/answerFor.ts';

const C_ATTN = { 'h.0.attn.c_attn.weight': [96, 32], 'h.0.attn.c_proj.weight': [32, 32] };
const QUERY_KEY_VALUE = {
  'h.0.self_attention.query_key_value.weight': [96, 32],
  'h.0.self_attention.dense.weight': [32, 32],
};

describe('one name with several layouts and no config.json', () => {
  it('asks whether a Linear c_attn is nanoGPT’s [Q | K | V] or GPT-BigCode’s interleaved heads', () => {
    const answer = answerFor({ ...C_ATTN, 'wpe.weight': [64, 32] }, null);
    if (answer.kind !== 'mapping') throw new Error(answer.kind);
    expect(answer.why).toMatch(/gpt_bigcode.*nanogpt/);
    expect(new Set(answer.proposals.map(({ split }) => split))).toEqual(
      new Set(['concat', 'per-head', 'per-group']),
    );
    expect(answer.proposals.every(({ orientation }) => orientation === 'out_in')).toBe(true);
    expect(answer.proposals).toHaveLength(3);
  });

  it.each<[string, Shapes, string]>([
    ['Qwen’s two-sided MLP', { ...C_ATTN, 'h.0.mlp.w1.weight': [64, 32] }, 'qwen'],
    [
      'c_attn as Conv1D',
      { 'h.0.attn.c_attn.weight': [32, 96], 'h.0.attn.c_proj.weight': [32, 32], 'wpe.weight': [64, 32] },
      'gpt2',
    ],
    [
      'the first GPT’s positions',
      { 'h.0.attn.c_attn.weight': [32, 96], 'positions_embed.weight': [64, 32] },
      'openai-gpt',
    ],
    ['BLOOM’s first norm', { ...QUERY_KEY_VALUE, 'word_embeddings_layernorm.weight': [32] }, 'bloom'],
    ['Falcon-40B’s second norm', { ...QUERY_KEY_VALUE, 'h.0.ln_attn.weight': [32] }, 'falcon-grouped'],
    [
      'EXAONE’s MLP',
      {
        'h.0.attn.attention.q_proj.weight': [32, 32],
        'h.0.attn.attention.k_proj.weight': [16, 32],
        'h.0.mlp.c_fc_0.weight': [64, 32],
      },
      'exaone',
    ],
  ])('is decided by %s', (_, shapes, id) => {
    const answer = answerFor(shapes, null);
    // The heads are still to be asked for; the row is known.
    expect(answer.kind).toBe('question');
    const split = { heads: 4, kvHeads: 4 };
    const asked = answer as Extract<typeof answer, { kind: 'question' }>;
    expect(asked.splits.length).toBeGreaterThan(0);
    const config = { num_attention_heads: split.heads, n_head: 4, num_heads: 4, n_head_kv: 4 };
    expect(layoutFor(shapes, config).architecture).toBe(id);
  });

  it('asks about BLOOM’s or Falcon’s names alone, offering each layout once', () => {
    const answer = answerFor(QUERY_KEY_VALUE, null);
    if (answer.kind !== 'mapping') throw new Error(answer.kind);
    const texts = answer.proposals.map((proposal) => JSON.stringify(proposal));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('detects gates beside the queries by the output projection', () => {
    const shapes = {
      'model.layers.3.self_attn.q_proj.weight': [128, 48],
      'model.layers.3.self_attn.k_proj.weight': [32, 48],
      'model.layers.3.self_attn.o_proj.weight': [48, 64],
      'model.layers.3.self_attn.q_norm.weight': [16],
    };
    const layout = layoutFor(shapes, null);
    expect(layout.architecture).toBe('qwen3_next');
    expect(layout.stacks[0]!.shape).toMatchObject({ heads: 4, kvHeads: 2, dHead: 16 });
    // A model type that knows no gates doesn't talk the shapes over.
    expect(() => layoutFor(shapes, { model_type: 'qwen3', num_attention_heads: 4 })).toThrow(
      /besides the queries/,
    );
  });

  it('asks for the order of ChatGLM2’s name, which is Megatron’s too', () => {
    const shapes = {
      'transformer.encoder.layers.0.self_attention.query_key_value.weight': [96, 64],
      'transformer.encoder.layers.0.self_attention.dense.weight': [64, 64],
    };
    const answer = answerFor(shapes, null);
    if (answer.kind !== 'mapping') throw new Error(answer.kind);
    expect(answer.why).toMatch(/their order isn’t known/);
    expect(answer.proposals.map(({ split }) => split)).toEqual(
      expect.arrayContaining(['concat', 'per-group']),
    );
  });
});
