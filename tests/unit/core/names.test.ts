import { describe, expect, it } from 'vitest';
import {
  hasQueryOrKeySegment,
  isQueryOrKeyName,
  mayBeQueryOrKey,
  projectionRoleOf,
} from '../../../src/core/attentionNames.ts';
import { isMediaPart, namesPart, startsWithPart } from '../../../src/core/partWords.ts';

describe('what a projection is called', () => {
  it.each([
    ['layers.0.attention.wq.weight', 'queries'],
    ['model.layers.0.self_attn.k_proj.weight', 'keys'],
    ['encoder.block.0.layer.0.SelfAttention.q.weight', 'queries'],
    ['h.0.attn.c_attn.weight', 'fused'],
    ['blocks.0.attn.in_proj_weight', 'fused'],
    ['model.layers.0.self_attn.o_proj.weight', 'output'],
    ['model.layers.0.mlp.up_proj.weight', null],
    ['model.layers.0.self_attn.q_proj.bias', null],
    ['model.layers.0.self_attn.q_norm.weight', null],
  ])('%s: %s', (name, role) => {
    expect(projectionRoleOf(name)).toBe(role);
  });

  it.each([
    ['adapter.0.mixer.wq.weight', true],
    ['ema.modellayers0self_attnq_projweight', true],
    ['blocks.0.attn.W_Q', true],
    // A Mamba block's, and any letter, may be something else.
    ['layers.0.mamba.in_proj.weight', false],
    ['codebook.k.weight', false],
  ])('%s is certain: %s', (name, isCertain) => {
    expect(isQueryOrKeyName(name)).toBe(isCertain);
  });

  it('within a longer name, and in names that nobody knows', () => {
    expect(hasQueryOrKeySegment('encoder.layer.0.attention.self.query.MatMul')).toBe(true);
    expect(hasQueryOrKeySegment('encoder.layer.0.intermediate.dense.MatMul')).toBe(false);
    expect(mayBeQueryOrKey('net.{layer}.myQueryMatrix')).toBe(true);
    expect(mayBeQueryOrKey('net.{layer}.up')).toBe(false);
  });
});

describe('what a part of a model is called', () => {
  it('a part for images or sound', () => {
    expect(['vision.self', 'thinker_config.audio_config', 'speech_encoder'].map(isMediaPart)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['self', 'decoder.cross', 'text_config'].map(isMediaPart)).toEqual([false, false, false]);
  });

  it('a part of something larger, in a path or at its start', () => {
    expect(['student.', 'net.vision_tower.', 'policy.actor_network.'].map(namesPart)).toEqual([
      true,
      true,
      false,
    ]);
    expect(['text_model.layers.0.q', 'model.text.0.q'].map(startsWithPart)).toEqual([true, false]);
  });
});
