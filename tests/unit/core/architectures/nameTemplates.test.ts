import { describe, expect, it } from 'vitest';
import {
  bareName,
  fillTemplate,
  matchSlots,
  parseName,
  parseTemplate,
} from '../../../../src/core/architectures/nameTemplates.ts';

describe('name templates', () => {
  it.each([
    ['module._orig_mod.h.3.attn.c_attn.weight', 'h.3.attn.c_attn.weight'],
    ['base_model.model.model.layers.0.self_attn.q_proj.weight', 'model.layers.0.self_attn.q_proj.weight'],
    ['0.auto_model.encoder.layer.1.x', 'encoder.layer.1.x'],
    ['my_module.h.0.x', 'my_module.h.0.x'],
  ])('strip the wrappers of %s to %s', (name, bare) => {
    expect(bareName(name)).toBe(bare);
  });

  it('capture free numbers and require fixed ones to match', () => {
    const template = parseTemplate('encoder.block.{layer}.layer.0.SelfAttention.q.weight');
    const self = parseName('encoder.block.7.layer.0.SelfAttention.q.weight');
    const other = parseName('encoder.block.7.layer.1.SelfAttention.q.weight');
    expect(self.key).toBe(template.key);
    expect(matchSlots(template, self.numbers)).toEqual([7]);
    expect(other.key).toBe(template.key);
    expect(matchSlots(template, other.numbers)).toBeNull();
  });

  it('take a number inside a word as part of the word', () => {
    expect(parseName('layers.2.fc1.w2.weight')).toEqual({ key: 'layers.{}.fc1.w2.weight', numbers: [2] });
  });

  it('put numbers back where they came from', () => {
    expect(fillTemplate('layers.{stage}.blocks.{layer}.q', [2, 5])).toBe('layers.2.blocks.5.q');
  });
});
