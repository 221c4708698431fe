import { describe, expect, it } from 'vitest';
import { matchesStart } from '../../../../src/core/quantisation/modulePattern.ts';

describe('patterns of Python', () => {
  it.each([
    ['.*self_attn.*', 'model.self_attn.q', true],
    ['self_attn', 'model.self_attn', false],
    ['(?P<n>a)(?P=n)', 'aab', true],
    ['(?i)MODEL', 'model.x', true],
    ['model\\.layers\\.(?:1[0-9]|2)\\.', 'model.layers.12.q', true],
    ['[+*(]+x', 'model', false],
    ['(?(1)a|b)', 'a', null],
    ['(.*)*x', 'model', null],
    ['((a|b+)c)+x', 'model', null],
    ['.*.*.*.*.*.*.*.*.*.*.*.*.*.*x', 'model.layers.0.self_attn.q_proj', null],
  ])('%s on %s: %s', (pattern, name, matches) => {
    expect(matchesStart(pattern, name)).toBe(matches);
  });
});
