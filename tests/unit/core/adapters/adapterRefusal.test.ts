import { describe, expect, it } from 'vitest';
import { adapterRefusal } from '../../../../src/core/adapters/adapterRefusal.ts';

const MODULE = 'base_model.model.model.layers.0.self_attn.q_proj';
const isWanted = (name: string) => /[qk]_proj\.weight$/.test(name);
const refusalOf = (names: readonly string[], config: Record<string, unknown> | null = null) =>
  adapterRefusal(new Set(names), config, isWanted);

describe('an adapter alone', () => {
  it.each([
    ['LoRA', `${MODULE}.lora_A.weight`],
    ['LoRA', `${MODULE}.lora_magnitude_vector`],
    ['LoRA', 'blk.0.attn_q.weight.lora_a'],
    ['LoRA', 'model.layers.0.self_attn.q_proj.lora_a'],
    ['LoRA', 'lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight'],
    ['LoRA', 'unet.down_blocks.0.attn1.to_q.lora.down.weight'],
    ['LoHa', `${MODULE}.hada_w1_a`],
    ['IA³', `${MODULE}.ia3_l`],
    ['prompt', 'prompt_embeddings'],
  ])('%s is refused by name (%s)', (kind, name) => {
    expect(refusalOf([name])?.message).toMatch(new RegExp(`This is a ${kind}`));
  });

  it('names the model that it is for and what to do', () => {
    const refusal = refusalOf([`${MODULE}.lora_A.weight`], { base_model_name_or_path: 'o/base' })!;
    expect(refusal.message).toMatch(/LoRA adapter for o\/base/);
    expect(refusal.hint).toMatch(/Open o\/base, or drop its weights together with the adapter/);
  });

  it.each([
    ['its base is here', [`${MODULE}.lora_A.weight`, 'model.layers.0.self_attn.q_proj.weight']],
    ['it wraps a model that no row knows', ['x.0.mix.lora_A.default.weight', 'x.0.mix.base_layer.weight']],
    ['an older peft’s dump keeps the plain name', ['x.0.mix.lora_A.default.weight', 'x.0.mix.weight']],
    ['nothing is an adapter’s', ['h.0.attn.c_attn.weight', 'sam.prompt_encoder.no_mask_embed.weight']],
  ])('isn’t refused where %s', (_, names) => {
    expect(refusalOf(names)).toBeNull();
  });
});
