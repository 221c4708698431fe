import { describe, expect, it } from 'vitest';
import { createConfigReader } from '../../../../src/core/architectures/configReader.ts';
import { attentionFacts } from '../../../../src/core/architectures/facts/attentionFacts.ts';
import type { RotaryFacts } from '../../../../src/core/architectures/facts/types.ts';
import { rotationOf } from '../../../../src/core/architectures/rotation.ts';

function rotation(id: string, config: Record<string, unknown>, dHead: number, layer = 0) {
  const { positions } = attentionFacts(id, 'self');
  if (positions?.kind !== 'rope') throw new Error(`${id} has no rotary positions`);
  return rotationOf(positions as RotaryFacts, createConfigReader(config), layer, dHead);
}

function frequenciesOf(...args: Parameters<typeof rotation>): readonly number[] {
  const found = rotation(...args);
  if ('why' in found) throw new Error(found.why);
  return found.frequencies;
}

/** θ^(−2i/n), with nothing of the code under test. */
const plain = (n: number, theta: number) =>
  Array.from({ length: n / 2 }, (_, i) => Math.exp((-2 * i * Math.log(theta)) / n));

function expectAll(got: readonly number[], want: readonly number[]) {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(Math.abs(got[i]! / value - 1)).toBeLessThan(1e-12);
}

describe('the frequencies of rotary positions, by config.json', () => {
  it('read theta from older and newer files, or the library’s default', () => {
    expectAll(frequenciesOf('llama', { rope_theta: 500_000, rope_scaling: null }, 64), plain(64, 500_000));
    expectAll(
      frequenciesOf('llama', { rope_parameters: { rope_type: 'default', rope_theta: 2e6 } }, 64),
      plain(64, 2e6),
    );
    expectAll(frequenciesOf('llama', {}, 64), plain(64, 10_000));
  });

  it('name an unknown value with the file that should have it', () => {
    const { positions } = attentionFacts('llama', 'self');
    const config = createConfigReader({ rope_theta: 'x' }, undefined, 'model.gguf');
    const found = rotationOf(positions as RotaryFacts, config, 0, 64);
    expect('why' in found && found.why).toMatch(/^model\.gguf doesn’t give the base/);
  });

  it('rotate a part of each head', () => {
    expectAll(frequenciesOf('gpt_neox', { rotary_pct: 0.25, rotary_emb_base: 1000 }, 64), plain(16, 1000));
    expectAll(
      frequenciesOf(
        'gpt_neox',
        { rope_parameters: { rope_type: 'default', rope_theta: 77, partial_rotary_factor: 0.5 } },
        64,
      ),
      plain(32, 77),
    );
    expectAll(frequenciesOf('gptj', { rotary_dim: 8 }, 16), plain(8, 10_000));
    expectAll(frequenciesOf('gptj', { rotary_dim: null }, 16), plain(16, 10_000));
    expect(rotation('gptj', { rotary_dim: 8 }, 16)).toMatchObject({ pairing: 'interleaved', dims: 8 });
    expect(rotation('phi', { partial_rotary_factor: 0.5 }, 80)).toMatchObject({ pairing: 'half', dims: 40 });
    // A number that isn't one doesn't mean all of them.
    for (const rotary_dim of ['8', [8], true])
      expect(rotation('gptj', { rotary_dim }, 16)).toMatchObject({
        kind: 'refused',
        why: expect.stringContaining('rotary_dim'),
      });
  });

  it('scale linearly', () => {
    const scaling = { type: 'linear', factor: 4 };
    expectAll(
      frequenciesOf('llama', { rope_theta: 10_000, rope_scaling: scaling }, 16),
      plain(16, 10_000).map((f) => f / 4),
    );
  });

  it('scale by wavelength as Llama 3.1 does', () => {
    // Llama-3.1-8B's own numbers.
    const scaling = {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const base = plain(128, 500_000);
    const want = base.map((f) => {
      const wavelength = (2 * Math.PI) / f;
      if (wavelength < 8192 / 4) return f;
      if (wavelength > 8192) return f / 8;
      const smooth = (8192 / wavelength - 1) / (4 - 1);
      return (1 - smooth) * (f / 8) + smooth * f;
    });
    // All three kinds occur.
    expect(want.filter((f, i) => f === base[i]).length).toBeGreaterThan(20);
    expect(want.filter((f, i) => f === base[i]! / 8).length).toBeGreaterThan(20);
    expect(want.filter((f, i) => f < base[i]! && f > base[i]! / 8).length).toBeGreaterThan(3);
    expectAll(frequenciesOf('llama', { rope_theta: 500_000, rope_scaling: scaling }, 128), want);
    const parameters = { ...scaling, rope_theta: 500_000 };
    expectAll(frequenciesOf('llama', { rope_parameters: parameters }, 128), want);
  });

  it.each([
    ['yarn', { rope_theta: 1e4, rope_scaling: { type: 'yarn', factor: 4 } }],
    ['dynamic', { rope_theta: 1e4, rope_scaling: { type: 'dynamic', factor: 2 } }],
    ['longrope', { rope_theta: 1e4, rope_scaling: { rope_type: 'longrope', short_factor: [] } }],
    ['M-RoPE', { rope_theta: 1e4, rope_scaling: { type: 'mrope', mrope_section: [1, 2] } }],
    ['M-RoPE', { rope_parameters: { rope_type: 'default', rope_theta: 1e4, mrope_section: [1, 2] } }],
    ['factor', { rope_theta: 1e4, rope_scaling: { type: 'linear' } }],
    ['factor', { rope_theta: 1e4, rope_scaling: { type: 'linear', factor: '4' } }],
    ['base', { rope_theta: '10000' }],
    ['every kind', { rope_parameters: { some_attention: { rope_theta: 1e4 } } }],
  ])('are unavailable with a reason, never guessed: %s', (word, config) => {
    expect(rotation('llama', config, 16)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining(word),
    });
  });

  it('need a base where no default is certain', () => {
    expect(rotation('granite', {}, 16)).toMatchObject({ kind: 'refused' });
    expectAll(frequenciesOf('granite', { rope_theta: 123 }, 16), plain(16, 123));
  });
});

describe('rotary frequencies of different kinds of layers', () => {
  it('have different bases for ModernBERT’s third layers and its windows', () => {
    expectAll(frequenciesOf('modernbert', {}, 16, 0), plain(16, 160_000));
    expectAll(frequenciesOf('modernbert', {}, 16, 1), plain(16, 10_000));
    expectAll(frequenciesOf('modernbert', { global_rope_theta: 9e4 }, 16, 3), plain(16, 9e4));
  });

  it('follow the list of layer types in newer files of ModernBERT', () => {
    const rope_parameters = {
      full_attention: { rope_type: 'default', rope_theta: 111 },
      sliding_attention: { rope_type: 'default', rope_theta: 222 },
    };
    const layer_types = ['sliding_attention', 'full_attention'];
    expectAll(frequenciesOf('modernbert', { layer_types, rope_parameters }, 16, 0), plain(16, 222));
    expectAll(frequenciesOf('modernbert', { layer_types, rope_parameters }, 16, 1), plain(16, 111));
  });

  it('take the other layers’ base where ModernBERT’s window has null, and the library’s where it has none', () => {
    const config = { global_rope_theta: 77_000, global_attn_every_n_layers: 3 };
    expectAll(frequenciesOf('modernbert', { ...config, local_rope_theta: null }, 16, 1), plain(16, 77_000));
    expectAll(frequenciesOf('modernbert', config, 16, 1), plain(16, 10_000));
  });

  it('scale each sixth layer of Gemma 3, which sees all', () => {
    const config = { rope_scaling: { rope_type: 'linear', factor: 8 } };
    expectAll(frequenciesOf('gemma3_text', config, 16, 4), plain(16, 10_000));
    expectAll(
      frequenciesOf('gemma3_text', config, 16, 5),
      plain(16, 1_000_000).map((f) => f / 8),
    );
  });

  it('are absent where a layer has no positions', () => {
    const config = {
      rope_theta: 1e4,
      layer_types: ['full_attention', 'sliding_attention'],
      sliding_window: 9,
    };
    for (const id of ['cohere2', 'exaone4']) {
      expect(rotation(id, config, 16, 0)).toMatchObject({ dims: 0, frequencies: [] });
      expect(rotation(id, config, 16, 1)).toMatchObject({ dims: 16 });
    }
    expect(rotation('exaone4', { ...config, sliding_window: null }, 16, 0)).toMatchObject({ dims: 16 });
    expect(rotation('cohere2', { rope_theta: 1e4 }, 16, 0)).toMatchObject({ kind: 'refused' });
    const listed = { rope_theta: 1e4, no_rope_layers: [0, 1] };
    expect(rotation('smollm3', listed, 16, 0)).toMatchObject({ dims: 0 });
    expect(rotation('smollm3', listed, 16, 1)).toMatchObject({ dims: 16 });
  });
});
