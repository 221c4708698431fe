import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decoded,
  integers,
  MODULE,
  matrix,
  packRows,
  part,
  presented,
} from '../../../support/quantisedModule.ts';

function packed(bits: number, size: number, groups = 2, out = 3) {
  const next = integers(bits * size, 2 ** bits);
  const codes = matrix(out, groups * size, next);
  const scales = matrix(out, groups, (o, g) => 0.25 * (1 + ((o + 2 * g) % 4)));
  const biases = matrix(out, groups, (o, g) => -2 + 0.5 * ((3 * o + g) % 7));
  return {
    parts: {
      weight: part('U32', [out, (groups * size * bits) / 32], packRows(codes, bits)),
      scales: part('F32', [out, groups], new Float32Array(scales.flat())),
      biases: part('F32', [out, groups], new Float32Array(biases.flat())),
    },
    expected: codes.flatMap((row, o) =>
      row.map((q, i) => scales[o]![Math.floor(i / size)]! * q + biases[o]![Math.floor(i / size)]!),
    ),
  };
}

describe('MLX', () => {
  it('decodes any bits in any groups as w = scale · q + bias', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(2, 3, 4, 5, 6, 8),
        fc.constantFrom(32, 64, 128),
        async (bits, size) => {
          const { parts, expected } = packed(bits, size);
          const { weight, notes } = await presented(parts, { bits, group_size: size });
          expect(weight.dtype).toBe(`MLX ${bits}-bit`);
          expect(await decoded(weight)).toEqual(expected);
          expect(notes).toBe('');
        },
      ),
      { numRuns: 18 },
    );
  });

  it('takes a module’s own entry before what holds for all', async () => {
    const { parts, expected } = packed(8, 32);
    const quantization = { group_size: 64, bits: 4, [MODULE]: { group_size: 32, bits: 8 } };
    const { weight } = await presented(parts, null, {
      config: { quantization, quantization_config: quantization },
    });
    expect(await decoded(weight)).toEqual(expected);
    // The same shapes, read as the config says for all others, are other numbers.
    const wrong = await presented(parts, { group_size: 64, bits: 4 });
    expect(await decoded(wrong.weight)).not.toEqual(expected);
  });

  it.each([
    ['no config', null, /doesn’t say to how many bits, so it can only be read together with its config.json/],
    [
      'bits that the shapes contradict',
      { bits: 4, group_size: 32 },
      /config.json says 4 bits in groups of 32, but weight U32 \[3, 16\] and scales F32 \[3, 2\] have 256 bits in a group/,
    ],
    ['another mode', { bits: 4, group_size: 32, mode: 'mxfp4' }, /quantised by MLX as mxfp4/],
    [
      'another method by name',
      { quant_method: 'gptq', bits: 4 },
      /has the parts of MLX, but config.json says quant_method gptq/,
    ],
  ])('refuses %s', async (_, config, message) => {
    const { weight } = await presented(packed(4, 64).parts, config);
    expect(weight.refused).toMatch(message);
  });

  it('names two contradicting entries of config.json', async () => {
    const config = {
      quantization: { bits: 8, group_size: 32 },
      quantization_config: { bits: 4, group_size: 64 },
    };
    const { weight } = await presented(packed(4, 64).parts, null, { config });
    expect(weight.refused).toMatch(
      /described in two contradictory ways: config.json says bits 4, config.json says 8/,
    );
  });

  it('is one of its float modes without biases', async () => {
    const { weight: words, scales } = packed(4, 32).parts;
    const { weight } = await presented(
      { weight: words, scales: { ...scales, dtype: 'U8' } },
      { bits: 4, group_size: 32 },
    );
    expect(weight.refused).toMatch(/quantised by MLX without biases \(scales U8/);
  });
});
