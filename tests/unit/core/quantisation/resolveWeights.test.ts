import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { TensorEntry } from '../../../../src/core/formats/checkpoint.ts';
import type { Dtype } from '../../../../src/core/formats/dtype.ts';
import { partNameToWeightName } from '../../../../src/core/quantisation/partNames.ts';
import { resolveWeights } from '../../../../src/core/quantisation/resolveWeights.ts';
import { fixture } from '../../../support/localFiles.ts';

interface Packed {
  readonly config: Record<string, unknown>;
  readonly parts: Record<string, { dtype: Dtype; shape: number[]; bytes: string }>;
  readonly shape: number[];
  readonly expected: string;
}

const CASES = readdirSync(fixture('quantised')).map((file) => file.replace('.json', ''));
const MODULE = 'model.layers.0.self_attn.q_proj';

function packed(name: string): Packed {
  return JSON.parse(readFileSync(fixture('quantised', `${name}.json`), 'utf8')) as Packed;
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function tensorsOf(parts: Packed['parts']): Map<string, TensorEntry> {
  return new Map(
    Object.entries(parts).map(([part, { dtype, shape, bytes }]) => {
      const name = `${MODULE}.${part}`;
      const data = Buffer.from(bytes, 'base64');
      // One byte in front: nothing may rely on where a part begins.
      const source = createBlobSource(name, new Blob([new Uint8Array(1), data]));
      return [name, { name, dtype, shape, source, begin: 1, end: 1 + data.length }];
    }),
  );
}

async function presented({ parts, config }: Pick<Packed, 'parts' | 'config'>) {
  const { weights } = await resolveWeights(
    tensorsOf(parts),
    { config: { quantization_config: config } },
    () => true,
  );
  return weights.get(`${MODULE}.weight`)!;
}

async function valuesOf(name: string) {
  const weight = await presented(packed(name));
  expect(weight.refused).toBeUndefined();
  const bytes = await Promise.all(weight.parts.map(({ source, begin, end }) => source.read(begin, end)));
  // As they lie in a layer's buffer: side by side, at odd places.
  const buffer = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 3));
  let at = 3;
  const views = bytes.map((part) => {
    buffer.set(part, at);
    at += part.length;
    return buffer.subarray(at - part.length, at);
  });
  return { weight, values: weight.decode!(views) };
}

describe('quantised weights decode as packed and unpacked in numpy', () => {
  it.each(CASES)('%s', async (name) => {
    const { shape, expected } = packed(name);
    const { weight, values } = await valuesOf(name);
    expect(weight.shape).toEqual(shape);
    expect(weight.isQuantised).toBe(true);
    const want = floats(expected);
    expect(values.length).toBe(want.length);
    want.forEach((value, at) => {
      if (Number.isNaN(value)) expect(values[at]).toBeNaN();
      else if (!Number.isFinite(value)) expect(values[at]).toBe(value);
      // Rounded once on either side: one unit in the last place.
      else expect(Math.abs(values[at]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -22);
    });
  });

  it.each([
    ['the lowest bits last', 'gptq-4', 'qweight'],
    ['other zeros', 'gptq-4', 'qzeros'],
    ['another order of outputs', 'awq', 'qweight'],
  ])('differ far from a wrong reading: %s', async (_, name, part) => {
    const { parts, config, expected } = packed(name);
    const bytes = Buffer.from(parts[part]!.bytes, 'base64').map((byte) => (byte >> 4) | ((byte & 15) << 4));
    const turned = { ...parts, [part]: { ...parts[part]!, bytes: Buffer.from(bytes).toString('base64') } };
    const weight = await presented({ parts: turned, config });
    const read = await Promise.all(weight.parts.map(({ source, begin, end }) => source.read(begin, end)));
    const want = floats(expected);
    const values = weight.decode!(read);
    expect(Math.max(...want.map((value, at) => Math.abs(value - values[at]!)))).toBeGreaterThan(0.05);
  });
});

describe('an unsupported quantisation is refused by name', () => {
  const refusalOf = async (parts: Record<string, readonly [Dtype, number[]]>, config = {}) => {
    const stored = Object.fromEntries(
      Object.entries(parts).map(([part, [dtype, shape]]) => [part, { dtype, shape, bytes: '' }]),
    );
    return (await presented({ parts: stored, config })).refused;
  };

  it.each([
    [
      /GPTQ to 3 bits/,
      { qweight: ['I32', [6, 32]], qzeros: ['I32', [2, 3]], scales: ['F16', [2, 32]], g_idx: ['I32', [64]] },
      { bits: 3 },
    ],
    [
      /AWQ in the layout "gemv"/,
      { qweight: ['I32', [64, 2]], scales: ['F16', [2, 16]] },
      { version: 'gemv' },
    ],
    [/AQLM/, { codes: ['I16', [4, 4]], codebooks: ['F16', [1, 4]] }, {}],
    [/HQQ/, { W_q: ['U8', [4, 4]] }, {}],
    [/F8_E4M3 without a scale/, { weight: ['F8_E4M3', [4, 4]] }, { quant_method: 'fp8' }],
    [/stored as I8 without scales/, { weight: ['I8', [4, 4]] }, {}],
    [/quantised by torchao/, { weight: ['U8', [4, 4]] }, { quant_method: 'torchao' }],
    [/FP8|F8_E4M3 .* unknown kind/, { weight: ['F8_E4M3', [4, 4]], weight_scale: ['F32', [3, 3]] }, {}],
    [/without scales that QKScope knows/, { scales: ['F16', [4, 4]] }, {}],
    [/MXFP8/, { weight: ['F8_E4M3', [4, 64]], weight_scale: ['F8_E8M0', [4, 2]] }, {}],
    [/don’t fit each other/, { weight: ['I8', [4, 4]], SCB: ['F32', [3]] }, {}],
    [
      /has zero points .* though config.json calls it symmetric/,
      { weight_packed: ['I32', [4, 1]], weight_scale: ['F16', [4, 1]], weight_zero_point: ['I32', [1, 1]] },
      { config_groups: { a: { weights: { num_bits: 4, symmetric: true } } } },
    ],
  ] as const)('%s', async (pattern, parts, config) => {
    const refused = await refusalOf(parts as never, config);
    expect(refused).toMatch(pattern);
    expect(refused).toContain(`${MODULE}.weight`);
    expect(refused).toContain('Open the original model that it was made from');
  });
});

describe('names of parts', () => {
  it.each([
    ['a.q_proj.qweight', 'a.q_proj.weight'],
    ['a.q_proj.weight.quant_state.bitsandbytes__nf4', 'a.q_proj.weight'],
    ['a.q_proj.weight_scale_inv', 'a.q_proj.weight'],
    ['a.q_proj.base_layer.weight', 'a.q_proj.weight'],
    ['a.q_proj.base_layer.qweight', 'a.q_proj.weight'],
    ['a.q_proj.weight', 'a.q_proj.weight'],
    ['a.q_proj.bias', 'a.q_proj.bias'],
  ])('map %s to %s', (part, name) => {
    expect(partNameToWeightName(part)).toBe(name);
  });

  it('read a wrapped module’s weight under the module’s name', async () => {
    const tensors = tensorsOf({
      'base_layer.weight': { dtype: 'F32', shape: [1, 2], bytes: 'AAAAAAAAAAA=' },
    });
    const { weights } = await resolveWeights(tensors, { config: null }, () => true);
    expect([...weights.keys()]).toEqual([`${MODULE}.weight`]);
  });

  it('refuse two tensors of the same parameter, naming both', async () => {
    const one = { dtype: 'F32', shape: [1, 2], bytes: 'AAAAAAAAAAA=' } as const;
    const tensors = tensorsOf({
      'base_layer.weight': { ...one, shape: [1, 2] },
      weight: { ...one, shape: [1, 2] },
    });
    const { weights } = await resolveWeights(tensors, { config: null }, () => true);
    expect(weights.get(`${MODULE}.weight`)?.refused).toMatch(
      /q_proj\.base_layer\.weight and as .*q_proj\.weight/,
    );
  });
});
