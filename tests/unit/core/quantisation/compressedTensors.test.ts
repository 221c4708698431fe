import { describe, expect, it } from 'vitest';
import {
  decoded,
  integers,
  MODULE,
  matrix,
  type Part,
  packRows,
  part,
  presented,
  transpose,
} from '../../../support/quantisedModule.ts';

interface Packed {
  readonly parts: Record<string, Part>;
  readonly expected: readonly number[];
}

/** A module packed by what compressed-tensors' documentation says: stored = signed + 2^(bits − 1), rows padded to words. */
function packed(
  bits: number,
  options: {
    zeros?: boolean;
    order?: readonly number[];
    out?: number;
    inputs?: number;
    groups?: number;
  } = {},
): Packed {
  const { out = 10, inputs = 32, groups = 2 } = options;
  const half = 2 ** (bits - 1);
  const next = integers(bits * 7 + groups, 2 * half);
  const signed = matrix(out, inputs, () => next() - half);
  const zeros = matrix(out, groups, () => (options.zeros ? next() - half : 0));
  const scales = matrix(out, groups, (o, g) => 0.5 + 0.25 * ((o * 3 + g) % 5));
  const order = options.order ?? Array.from({ length: inputs }, (_, i) => Math.floor((i * groups) / inputs));
  const shift = (rows: number[][]) => rows.map((row) => row.map((value) => value + half));
  // Zero points are packed down the columns: row r of words holds outputs 32r / bits and on.
  const packedZeros = transpose(
    transpose(shift(zeros)).map((column) => [...new Int32Array(packRows([column], bits).buffer)]),
  );
  return {
    parts: {
      weight_packed: part('I32', [out, Math.ceil((inputs * bits) / 32)], packRows(shift(signed), bits)),
      weight_scale: part('F32', [out, groups], new Float32Array(scales.flat())),
      weight_shape: part('I64', [2], new BigInt64Array([BigInt(out), BigInt(inputs)])),
      ...(options.zeros
        ? { weight_zero_point: part('I32', [packedZeros.length, groups], new Int32Array(packedZeros.flat())) }
        : {}),
      ...(options.order ? { weight_g_idx: part('I32', [inputs], new Int32Array(options.order)) } : {}),
    },
    expected: signed.flatMap((row, o) =>
      row.map((q, i) => (q - zeros[o]![order[i]!]!) * scales[o]![order[i]!]!),
    ),
  };
}

function group(weights: Record<string, unknown>, targets: readonly string[] = ['Linear']) {
  return { targets, weights: { num_bits: 4, type: 'int', symmetric: true, ...weights } };
}

function config(...groups: readonly Record<string, unknown>[]) {
  return {
    quant_method: 'compressed-tensors',
    format: 'pack-quantized',
    config_groups: Object.fromEntries(groups.map((of, at) => [`group_${at}`, of])),
  };
}

const asymmetric = { symmetric: false };

describe('packed compressed-tensors', () => {
  it.each([
    ['4 bits', 4, {}, {}],
    ['8 bits', 8, {}, { num_bits: 8 }],
    ['rows that don’t fill their last word', 4, { inputs: 20, groups: 1 }, {}],
    ['zero points', 4, { zeros: true }, asymmetric],
    ['zero points of 8 bits', 8, { zeros: true, out: 6 }, { num_bits: 8, ...asymmetric }],
    [
      'an order of its own',
      4,
      { order: [1, 0, 0, 1].flatMap((g) => Array(8).fill(g)) },
      { actorder: 'group' },
    ],
    [
      'an order and zero points',
      4,
      { zeros: true, order: Array.from({ length: 32 }, (_, i) => (i * 7) % 2) },
      { ...asymmetric, actorder: 'group' },
    ],
  ] as const)('%s', async (_, bits, options, weights) => {
    const { parts, expected } = packed(bits, options as never);
    const { weight, notes } = await presented(parts, config(group(weights)));
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toBe('');
  });

  it('ignore an order that was never set', async () => {
    const { parts, expected } = packed(4);
    const order = part('I32', [32], new Int32Array(32).fill(-1));
    const { weight } = await presented({ ...parts, weight_g_idx: order }, config(group({})));
    expect(await decoded(weight)).toEqual(expected);
  });

  it('take a scale for the whole tensor', async () => {
    const { parts, expected } = packed(4, { groups: 1, out: 1 });
    const scale = part('F32', [1], new Float32Array([0.5]));
    const { weight } = await presented(
      { ...parts, weight_scale: scale },
      config(group({ strategy: 'tensor' })),
    );
    const first = new Float32Array(parts.weight_scale!.data.buffer, 0, 1)[0]!;
    expect(await decoded(weight)).toEqual(expected.map((value) => (value / first) * 0.5));
  });
});

describe('the group of a module', () => {
  const int8 = { num_bits: 8 };
  it.each([
    ['by a pattern, before a class', [group(int8), group({}, ['re:.*self_attn.*'])]],
    ['by its name, before a pattern', [group(int8, ['re:.*self_attn.*']), group({}, [MODULE])]],
    [
      'by a name that lacks the file’s prefix',
      [group(int8, ['Linear']), group({}, ['layers.0.self_attn.q_proj'])],
    ],
    [
      'by an anchored pattern that lacks it',
      [group(int8, ['re:.*mlp.*']), group({}, ['re:^layers\\.0\\..*q_proj$'])],
    ],
    ['by one of several targets', [group(int8, ['re:.*mlp.*']), group({}, ['re:.*v_proj', 're:.*q_proj'])]],
  ])('%s', async (_, groups) => {
    const { parts, expected } = packed(4);
    const { weight, notes } = await presented(parts, config(...groups));
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toBe('');
  });

  it('is chosen by the shapes where no target fits, with a note', async () => {
    const { parts, expected } = packed(4);
    const { weight, notes } = await presented(
      parts,
      config(group(int8, ['re:.*mlp.*']), group({}, ['re:.*gate'])),
    );
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(
      /q_proj: config.json has no config_groups target that names it, so the group that fits the shapes was used/,
    );
  });

  it('is refused where two patterns fit that differ in what no shape shows', async () => {
    const { parts } = packed(4);
    const both = config(group({}, ['re:.*q_proj']), group({ num_bits: 8 }, ['re:.*self_attn.*']));
    const chosen = await presented(parts, both);
    // Bits are seen in the shapes.
    expect(chosen.weight.refused).toBeUndefined();
    const { weight_shape: _, ...unshaped } = parts;
    const { weight } = await presented(unshaped, both);
    expect(weight.refused).toMatch(/several config_groups in config.json fit it in different ways/);
  });

  it('has a note where the module is ignored, yet packed', async () => {
    const { parts, expected } = packed(4);
    const { weight, notes } = await presented(parts, {
      ...config(group({})),
      ignore: ['lm_head', 're:.*q_proj'],
    });
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(/lists it under "ignore", but it is stored with scales/);
  });

  it('never tries a pattern that would run for ever', async () => {
    const { parts } = packed(4);
    const hostile = config(group({}, ['re:(.+)+(.+)+(.+)+x$']));
    expect((await presented(parts, hostile)).weight.refused).toBeUndefined();
  });
});

describe('a contradiction between config and shapes', () => {
  it('is decided by the shapes for bits, with a note', async () => {
    const { parts, expected } = packed(4);
    const { weight, notes } = await presented(parts, config(group({ num_bits: 8 })));
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(/q_proj: config.json says 8 bits, but the shapes imply 4 bits, which were used/);
  });

  it('is decided by the shapes for groups, with a note', async () => {
    const { parts, expected } = packed(4);
    const { weight, notes } = await presented(parts, config(group({ group_size: 128, strategy: 'group' })));
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(/says groups of 128, but the shapes imply groups of 16/);
  });

  it.each([
    [
      'zero points that a symmetric scheme hasn’t',
      { zeros: true },
      {},
      /has zero points .* config.json calls it symmetric/,
    ],
    ['none, where it has', {}, asymmetric, /has no zero points .* asymmetric/],
    [
      'no order, where inputs were reordered',
      {},
      { actorder: 'group' },
      /no weight_g_idx, though config.json says/,
    ],
    ['other bits', {}, { num_bits: 3 }, /compressed-tensors to 3 bits/],
    ['floats', {}, { type: 'float' }, /pack-quantized, which QKScope doesn’t decode/],
  ])('%s', async (_, options, weights, message) => {
    const { weight } = await presented(packed(4, options).parts, config(group(weights)));
    expect(weight.refused).toMatch(message);
    expect(weight.parts).toEqual([]);
  });

  it('is refused for a stated shape that the packed rows can’t hold', async () => {
    const { parts } = packed(4);
    const shape = part('I64', [2], new BigInt64Array([10n, 4096n]));
    const { weight } = await presented({ ...parts, weight_shape: shape }, config(group({})));
    expect(weight.refused).toMatch(
      /don’t fit each other: weight_packed I32 \[10, 4\].*weight_shape \[10, 4096\]/,
    );
  });

  it('is refused for an order with a missing group', async () => {
    for (const wrong of [2, -2]) {
      const { parts } = packed(4, { order: [...Array(31).fill(0), wrong] });
      const { weight } = await presented(parts, config(group({ actorder: 'group' })));
      await expect(decoded(weight)).rejects.toMatchObject({
        code: 'file-damaged',
        message: expect.stringMatching(
          /weight_g_idx assigns input 31 to group -?2, but there are only groups 0 to 1/,
        ),
      });
    }
  });
});

describe('int-quantized', () => {
  it('subtracts zero points block by block', async () => {
    const parts = {
      weight: part('I8', [2, 4], new Int8Array([1, -2, 3, -4, 5, -6, 7, -128])),
      weight_scale: part('F32', [2, 2], new Float32Array([0.5, 2, 1, 0.25])),
      weight_zero_point: part('I8', [2, 2], new Int8Array([1, -1, 2, 3])),
    };
    const { weight } = await presented(parts, config(group({ num_bits: 8, ...asymmetric, group_size: 2 })));
    expect(await decoded(weight)).toEqual([0, -1.5, 8, -6, 3, -8, 1, -32.75]);
  });
});
