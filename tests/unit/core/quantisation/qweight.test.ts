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

const words = (rows: number[][], bits: number) =>
  rows.map((row) => [...new Int32Array(packRows([row], bits).buffer)]);

/** GPTQ: integers packed down the inputs, zero points along the outputs, less one in the first format. */
function gptq(bits: number, options: { order?: readonly number[]; short?: number; groups?: number } = {}) {
  const { groups = 2, short = 1 } = options;
  const [out, inputs] = [16, 64];
  const next = integers(bits + groups, 2 ** bits);
  const codes = matrix(inputs, out, next);
  const zeros = matrix(groups, out, () => 1 + (next() % (2 ** bits - 1)));
  const scales = matrix(groups, out, (g, o) => 0.25 * (1 + ((g * 5 + o) % 6)));
  const order = options.order ?? Array.from({ length: inputs }, (_, i) => Math.floor((i * groups) / inputs));
  const packed = transpose(words(transpose(codes), bits));
  const packedZeros = words(
    zeros.map((row) => row.map((z) => z - short)),
    bits,
  );
  const parts: Record<string, Part> = {
    qweight: part('I32', [packed.length, out], new Int32Array(packed.flat())),
    qzeros: part('I32', [groups, (out * bits) / 32], new Int32Array(packedZeros.flat())),
    scales: part('F32', [groups, out], new Float32Array(scales.flat())),
    g_idx: part('I32', [inputs], new Int32Array(order)),
  };
  const expected = transpose(
    codes.map((row, i) => row.map((q, o) => (q - zeros[order[i]!]![o]!) * scales[order[i]!]![o]!)),
  ).flat();
  return { parts, expected };
}

const without = (parts: Record<string, Part>, name: string) =>
  Object.fromEntries(Object.entries(parts).filter(([key]) => key !== name));

describe('GPTQ', () => {
  it.each([2, 4, 8])('reads %i bits by the shapes, with or without g_idx', async (bits) => {
    const { parts, expected } = gptq(bits);
    for (const of of [parts, without(parts, 'g_idx')]) {
      const { weight, notes } = await presented(of, { quant_method: 'gptq', bits, group_size: 32 });
      expect(weight.dtype).toBe(`GPTQ ${bits}-bit`);
      expect(await decoded(weight)).toEqual(expected);
      expect(notes).toBe('');
    }
  });

  it('reads zero points of gptq_v2 as they are stored', async () => {
    const { parts, expected } = gptq(4, { short: 0 });
    const config = { quant_method: 'gptq', bits: 4, checkpoint_format: 'gptq_v2' };
    expect(await decoded((await presented(parts, config)).weight)).toEqual(expected);
  });

  it('borrows from the neighbour for a zero point of 0 in the first format', async () => {
    // Zero points 0, 3, 0, 1, then 5 throughout; as whole words less 1 in each field.
    const zeros = [0, 3, 0, 1, ...Array<number>(12).fill(5)];
    const stored =
      zeros.reduce((run, z, at) => run + (BigInt(z) << BigInt(4 * at)), 0n) - 0x1111111111111111n;
    const low = Number(BigInt.asIntN(32, stored));
    // Each word is short on its own: what the lower one borrows isn't taken from the upper one.
    const high = 0x55555555 - 0x11111111;
    const { parts, expected } = gptq(4, { groups: 1 });
    const qzeros = part('I32', [1, 2], new Int32Array([low, high]));
    const { weight } = await presented({ ...parts, qzeros }, { quant_method: 'gptq', bits: 4 });
    const values = await decoded(weight);
    const known = await decoded((await presented(parts, { quant_method: 'gptq', bits: 4 })).weight);
    expect(known).toEqual(expected);
    const scales = [...new Float32Array(parts.scales!.data.buffer)];
    const plain = new Int32Array(parts.qzeros!.data.buffer);
    zeros.forEach((z, o) => {
      const before = ((plain[Math.floor(o / 8)]! >>> (4 * (o % 8))) & 15) + 1;
      expect(values[o * 64]! - known[o * 64]!).toBeCloseTo((before - z) * scales[o]!, 6);
    });
  });

  const dynamic = (rules: Record<string, unknown>) => ({
    quant_method: 'gptq',
    bits: 4,
    group_size: 32,
    dynamic: rules,
  });

  it.each([
    ['a rule for its module', { '+:.*self_attn.*': { bits: 8 } }, ''],
    ['a rule without a sign', { '.*q_proj': { bits: 8 } }, ''],
    ['the first that matches', { '.*q_proj': { bits: 8 }, '.*self_attn.*': { bits: 2 } }, ''],
    [
      'a rule of another module',
      { '+:.*mlp.*': { bits: 8 } },
      'config.json says 4 bits, but the shapes imply 8 bits, which were used',
    ],
    [
      'a rule that isn’t matched from the start',
      { '+:q_proj': { bits: 8 } },
      'config.json says 4 bits, but the shapes imply 8',
    ],
    [
      'a rule that leaves it unquantised',
      { '-:.*q_proj': {} },
      'says that it isn’t quantised (dynamic "-:.*q_proj"), but the file stores it quantised',
    ],
    ['a rule that can’t be read', { '+:(?(1)a|b)': { bits: 8 } }, 'has a rule that QKScope can’t evaluate'],
    ['auto-round’s own entry', { _: 0 }, ''],
  ])('reads 8 bits by %s', async (_, rules, note) => {
    const { parts, expected } = gptq(8);
    const config =
      '_' in rules
        ? {
            quant_method: 'auto-round',
            packing_format: 'auto_round:auto_gptq',
            bits: 4,
            extra_config: { [MODULE]: { bits: 8 } },
          }
        : dynamic(rules);
    const { weight, notes } = await presented(parts, config);
    expect(await decoded(weight)).toEqual(expected);
    if (note === '') expect(notes).toBe('');
    else expect(notes).toContain(note);
  });

  it('counts the groups where the config has another size', async () => {
    const { parts, expected } = gptq(4);
    const { weight, notes } = await presented(parts, { quant_method: 'gptq', bits: 4, group_size: 128 });
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(/config.json says groups of 128, but the shapes imply 2 groups for 64 inputs/);
  });

  it('names the assumed format without any config', async () => {
    const { parts, expected } = gptq(4);
    const { weight, notes } = await presented(parts);
    expect(await decoded(weight)).toEqual(expected);
    expect(notes).toMatch(
      /no config says which format of GPTQ this is, so zero points were read as in the first one/,
    );
  });

  it.each([-1, 2, 1_000_000])('refuses a g_idx that names group %i of 2', async (wrong) => {
    const { parts } = gptq(4);
    const g_idx = part('I32', [64], new Int32Array(64).fill(wrong, 7, 8));
    const { weight } = await presented({ ...parts, g_idx }, { quant_method: 'gptq', bits: 4 });
    await expect(decoded(weight)).rejects.toMatchObject({
      code: 'file-damaged',
      message: `${MODULE}.g_idx assigns input 7 to group ${wrong}, but there are only groups 0 to 1.`,
    });
  });

  it.each([
    [{ checkpoint_format: 'marlin' }, /GPTQ in the layout of marlin/],
    [{ is_marlin_format: true }, /GPTQ in the layout of marlin/],
    [{ checkpoint_format: 'bitblas' }, /GPTQ in the layout of bitblas/],
    [{ quant_method: 'auto-round', packing_format: 'auto_round' }, /GPTQ in the layout of auto_round/],
    [{ quant_method: 'awq' }, /has the parts of GPTQ, but config.json says quant_method awq/],
    [
      { quant_method: 'bitsandbytes' },
      /has the parts of GPTQ, but config.json says quant_method bitsandbytes/,
    ],
    [{ quant_method: 'sinq' }, /quantised by sinq/],
  ])('%j is refused', async (config, message) => {
    expect((await presented(gptq(4).parts, { bits: 4, ...config })).weight.refused).toMatch(message);
  });

  it('needs the order of reordered inputs', async () => {
    const { parts } = gptq(4);
    const { weight } = await presented(without(parts, 'g_idx'), { bits: 4, desc_act: true });
    expect(weight.refused).toMatch(
      /without g_idx, although config.json says that its inputs were reordered \(desc_act\)/,
    );
  });

  it('names contradicting parts with their shapes', async () => {
    const { parts } = gptq(4);
    const { weight } = await presented(
      { ...parts, g_idx: part('I32', [32], new Int32Array(32)) },
      { bits: 4 },
    );
    expect(weight.refused).toMatch(
      /don’t fit each other: qweight I32 \[8, 16\], qzeros I32 \[2, 2\], scales F32 \[2, 16\], g_idx I32 \[32\]/,
    );
  });
});

/** AutoAWQ: integers packed along the outputs, the places of a word in its own order. */
function awq() {
  const [out, inputs, groups] = [16, 64, 2];
  const next = integers(5, 16);
  const codes = matrix(inputs, out, next);
  const zeros = matrix(groups, out, next);
  const scales = matrix(groups, out, (g, o) => 0.25 * (1 + ((g * 5 + o) % 6)));
  const places = [0, 2, 4, 6, 1, 3, 5, 7];
  const turned = (rows: number[][]) =>
    rows.map((row) => row.map((_, o) => row[8 * Math.floor(o / 8) + places[o % 8]!]!));
  const parts: Record<string, Part> = {
    qweight: part('I32', [inputs, out / 8], packRows(turned(codes), 4)),
    qzeros: part('I32', [groups, out / 8], packRows(turned(zeros), 4)),
    scales: part('F32', [groups, out], new Float32Array(scales.flat())),
  };
  const group = (i: number) => Math.floor(i / 32);
  const expected = transpose(
    codes.map((row, i) => row.map((q, o) => (q - zeros[group(i)]![o]!) * scales[group(i)]![o]!)),
  ).flat();
  return { parts, expected };
}

describe('AWQ', () => {
  it.each([
    [
      'as its config says',
      { quant_method: 'awq', bits: 4, group_size: 32, zero_point: true, version: 'gemm' },
      '',
    ],
    ['by AutoAWQ’s older names', { w_bit: 4, q_group_size: 32, version: 'GEMM' }, ''],
    ['by its shapes alone', null, ''],
    ['as auto-round’s', { quant_method: 'auto-round', packing_format: 'auto_round:auto_awq', bits: 4 }, ''],
    [
      'with other bits by its config',
      { quant_method: 'awq', bits: 8 },
      'config.json says 8 bits, but the shapes imply 4',
    ],
    [
      'with other groups by its config',
      { quant_method: 'awq', group_size: 128 },
      'says groups of 128, but the shapes imply groups of 32',
    ],
    [
      'with zero points that its config denies',
      { quant_method: 'awq', zero_point: false },
      'says that there are no zero points, but the file has some',
    ],
  ])('is read %s', async (_, config, note) => {
    const { parts, expected } = awq();
    const { weight, notes } = await presented(parts, config);
    expect(weight.dtype).toBe('AWQ 4-bit');
    expect(await decoded(weight)).toEqual(expected);
    if (note === '') expect(notes).toBe('');
    else expect(notes).toContain(note);
  });

  it.each([
    [{ quant_method: 'awq', version: 'gemv_fast' }, /AWQ in the layout "gemv_fast"/],
    [{ quant_method: 'awq', backend: 'llm-awq' }, /AWQ in the layout "llm-awq"/],
    [{ quant_method: 'gptq', bits: 4 }, /has the parts of AWQ, but config.json says quant_method gptq/],
  ])('%j is refused', async (config, message) => {
    expect((await presented(awq().parts, config)).weight.refused).toMatch(message);
  });

  it('is refused without zero points, with an order of inputs, or packed in neither way', async () => {
    const { parts } = awq();
    expect((await presented(without(parts, 'qzeros'))).weight.refused).toMatch(
      /AWQ without zero points \(qzeros\)/,
    );
    const ordered = { ...parts, g_idx: part('I32', [64], new Int32Array(64)) };
    expect((await presented(ordered)).weight.refused).toMatch(/as AWQ does it, but has a g_idx/);
    const odd = { ...parts, qweight: part('I32', [32, 4], new Int32Array(128)) };
    expect((await presented(odd)).weight.refused).toMatch(
      /packed in neither GPTQ’s nor AWQ’s way: qweight I32 \[32, 4\]/,
    );
  });
});
