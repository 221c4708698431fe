import { describe, expect, it } from 'vitest';
import { decoded, matrix, type Part, part, presented } from '../../../support/quantisedModule.ts';

/** Values of E4M3 by hand: 2^(e − 7) · (1 + m / 8), 0x38 is 1. */
const ONE = 0x38;
const CODES: readonly (readonly [code: number, value: number])[] = [
  [ONE, 1],
  [0x40, 2],
  [0xb8, -1],
  [0x3c, 1.5],
  [0x01, 2 ** -9],
  [0x7e, 448],
];

function weight(out: number, inputs: number): { part: Part; values: number[][] } {
  const of = matrix(out, inputs, (o, i) => (o * 5 + i * 3) % CODES.length);
  return {
    part: part(
      'F8_E4M3',
      [out, inputs],
      of.flat().map((at) => CODES[at]![0]),
    ),
    values: of.map((row) => row.map((at) => CODES[at]![1])),
  };
}

const F32 = (shape: readonly number[], values: readonly number[]) =>
  part('F32', shape, new Float32Array(values));
const fp8 = { quant_method: 'fp8' };

describe('FP8', () => {
  const { part: codes, values } = weight(6, 10);
  const times = (scale: (o: number, i: number) => number) =>
    values.flatMap((row, o) => row.map((value, i) => Math.fround(value * scale(o, i))));
  const rows = [1, 2, 0.5, 3, 4, 5];
  const blocks = [1, 2, 0.5, 3, 4, 5];
  const block = (o: number, i: number) => blocks[Math.floor(o / 4) * 3 + Math.floor(i / 4)]!;
  const powers = (o: number, i: number) => 2 ** (Math.floor(o / 4) * 3 + Math.floor(i / 4) - 2);
  const exponents = [125, 126, 127, 128, 129, 130];

  it.each([
    ['weight_scale for the tensor', { weight_scale: F32([], [0.5]) }, fp8, () => 0.5],
    ['weight_scale_inv, which multiplies', { weight_scale_inv: F32([1], [4]) }, fp8, () => 4],
    ['scale_weight of ComfyUI', { scale_weight: F32([], [4]) }, null, () => 4],
    ['qscale_weight of Mistral', { qscale_weight: F32([], [4]) }, null, () => 4],
    ['scale of DeepSeek-V4', { scale: F32([], [4]) }, null, () => 4],
    [
      'one a row',
      { weight_scale: F32([6, 1], rows) },
      { quant_method: 'fbgemm_fp8' },
      (o: number) => rows[o]!,
    ],
    ['one a row, in one dimension', { weight_scale: F32([6], rows) }, fp8, (o: number) => rows[o]!],
    [
      'blocks by weight_block_size',
      { weight_scale_inv: F32([2, 3], blocks) },
      { ...fp8, weight_block_size: [4, 4] },
      block,
    ],
    [
      'blocks by block_structure',
      { weight_scale: F32([2, 3], blocks) },
      {
        quant_method: 'compressed-tensors',
        config_groups: { a: { targets: ['Linear'], weights: { type: 'float', block_structure: '4x4' } } },
      },
      block,
    ],
    [
      'groups along a row',
      { weight_scale: F32([6, 5], [...rows, ...rows, ...rows, ...rows, ...rows]) },
      {
        quant_method: 'compressed-tensors',
        config_groups: {
          a: { targets: ['Linear'], weights: { type: 'float', strategy: 'group', group_size: 2 } },
        },
      },
      (o: number, i: number) => rows[(o * 5 + Math.floor(i / 2)) % 6]!,
    ],
    [
      'UE8M0',
      { weight_scale_inv: part('F8_E8M0', [2, 3], exponents) },
      { ...fp8, weight_block_size: [4, 4] },
      powers,
    ],
    [
      'UE8M0 as bytes',
      { weight_scale_inv: part('U8', [2, 3], exponents) },
      { ...fp8, weight_block_size: [4, 4], scale_fmt: 'ue8m0' },
      powers,
    ],
    [
      'UE8M0 as floats',
      { weight_scale_inv: F32([2, 3], [0.25, 0.5, 1, 2, 4, 8]) },
      { ...fp8, weight_block_size: [4, 4], scale_fmt: 'ue8m0' },
      powers,
    ],
    [
      'ModelOpt’s FP8, with an activation’s scale',
      { weight_scale: F32([], [2]), input_scale: F32([], [9]) },
      { quant_method: 'modelopt', quant_algo: 'FP8' },
      () => 2,
    ],
    [
      'ComfyUI’s own word for it',
      {
        weight_scale: F32([], [2]),
        comfy_quant: part('U8', [27], new TextEncoder().encode('{"format": "float8_e4m3fn"}')),
      },
      null,
      () => 2,
    ],
  ] as const)('%s', async (_, scales, config, scale) => {
    const { weight: read, notes } = await presented(
      { weight: codes, ...scales } as Record<string, Part>,
      config,
    );
    expect(await decoded(read)).toEqual(times(scale));
    expect(notes).toBe('');
  });

  it('has blocks of 128 with a note where no config gives others', async () => {
    const large = weight(130, 129);
    const scales = F32([2, 2], [1, 2, 4, 8]);
    const { weight: read, notes } = await presented({ weight: large.part, weight_scale_inv: scales });
    const expected = large.values.flatMap((row, o) =>
      row.map((value, i) => value * [1, 2, 4, 8][Math.floor(o / 128) * 2 + Math.floor(i / 128)]!),
    );
    expect(await decoded(read)).toEqual(expected);
    expect(notes).toMatch(/no config gives the blocks of its scales, so blocks of 128 × 128 were used/);
  });

  it('takes the blocks that divide the weight, with a note, where the config is wrong', async () => {
    const even = weight(6, 12);
    const scales = F32([2, 3], blocks);
    const { weight: read, notes } = await presented(
      { weight: even.part, weight_scale_inv: scales },
      { ...fp8, weight_block_size: [128, 128] },
    );
    const expected = even.values.flatMap((row, o) =>
      row.map((value, i) => value * blocks[Math.floor(o / 3) * 3 + Math.floor(i / 4)]!),
    );
    expect(await decoded(read)).toEqual(expected);
    expect(notes).toMatch(
      /config.json describes scales for blocks of 128 × 128, which don’t fit, so blocks of 3 × 4 were used/,
    );
  });

  it.each([
    [
      'a scale a column',
      { weight_scale: F32([1, 10], Array(10).fill(1)) },
      null,
      /an unknown kind of scales, F32 \[1, 10\]/,
    ],
    [
      'blocks that fit in no way',
      { weight_scale: F32([4, 4], Array(16).fill(1)) },
      null,
      /unknown kind of scales, F32 \[4, 4\]/,
    ],
    [
      'bytes that no config calls exponents',
      { weight_scale: part('U8', [6, 1], Array(6).fill(127)) },
      fp8,
      /unknown kind of scales, U8/,
    ],
    [
      'two scales',
      { weight_scale: F32([], [1]), weight_scale_inv: F32([], [2]) },
      fp8,
      /two scales, weight_scale_inv and weight_scale/,
    ],
    ['a second one', { weight_scale: F32([], [1]), weight_scale_2: F32([], [2]) }, null, /NVFP4/],
    [
      'scales of the inputs',
      { weight_scale: F32([], [1]), pre_quant_scale: F32([10], Array(10).fill(1)) },
      null,
      /pre_quant_scale/,
    ],
    [
      'ModelOpt’s NVFP4 by its config',
      { weight_scale: F32([], [1]) },
      { quant_method: 'modelopt', quant_algo: 'NVFP4' },
      /ModelOpt’s NVFP4/,
    ],
    [
      'ComfyUI’s MXFP8',
      {
        weight_scale: part('F8_E8M0', [6, 1], Array(6).fill(127)),
        comfy_quant: part('U8', [19], new TextEncoder().encode('{"format": "mxfp8"}')),
      },
      null,
      /by ComfyUI as mxfp8/,
    ],
  ] as const)('%s is refused', async (_, scales, config, message) => {
    const { weight: read } = await presented({ weight: codes, ...scales } as Record<string, Part>, config);
    expect(read.refused).toMatch(message);
  });
});

describe('FP8 without a scale', () => {
  const { part: codes, values } = weight(2, 3);

  it('is a plain cast where neither file nor config has a scale', async () => {
    const names = { '/model.layers.0.norm.weight': F32([3], [1, 1, 1]), '/logit_scale': F32([], [4]) };
    const { weight: read, notes } = await presented({ weight: codes, ...names });
    expect(await decoded(read)).toEqual(values.flat());
    expect(notes).toMatch(
      /no weight in the file has a scale and no config describes one, .*read as a plain cast \(scale 1\)/,
    );
  });

  it.each([
    ['another weight has one', { '/x.v_proj.weight': codes, '/x.v_proj.scale_weight': F32([], [2]) }, {}],
    [
      'another has one of any name',
      { '/x.v_proj.weight': codes, '/x.v_proj.fp8_scaling_factor': F32([], [2]) },
      {},
    ],
    ['the file is marked as scaled', { '/scaled_fp8': part('F8_E4M3', [0], []) }, {}],
    [
      'a shard that wasn’t opened has one',
      {},
      { names: new Set(['x.v_proj.weight', 'x.v_proj.weight_scale']) },
    ],
  ])('is refused where %s', async (_, others, facts) => {
    const { weight: read } = await presented({ weight: codes, ...others }, null, facts);
    expect(read.refused).toMatch(/without a scale, although other weights in the file have one/);
  });

  it('is refused where a config declares a quantisation', async () => {
    const { weight: read } = await presented(
      { weight: codes },
      { quant_method: 'fp8', weight_block_size: [128, 128] },
    );
    expect(read.refused).toMatch(/without a scale, although config.json describes a quantisation/);
  });
});
