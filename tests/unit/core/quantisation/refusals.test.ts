import { describe, expect, it } from 'vitest';
import type { Dtype } from '../../../../src/core/formats/dtype.ts';
import { MODULE, type Part, part, presented } from '../../../support/quantisedModule.ts';

const U8 = (shape: readonly number[]) =>
  part('U8', shape, new Uint8Array(shape.reduce((n, size) => n * size, 1)));
const of = (dtype: Dtype, shape: readonly number[]) => ({ ...U8(shape), dtype });
const packedWeight = { weight: U8([4, 4]) };

describe('an unsupported method is refused by its tensors', () => {
  it.each([
    ['torchao', { _weight_qdata: of('I8', [4, 4]), _weight_scale: of('F32', [4, 1]) }],
    ['torchao', { 'weight:qdata': of('I8', [4, 4]), 'weight:scale': of('F32', [4, 1]) }],
    [
      'torchao',
      {
        _weight_qdata: of('I8', [4, 4]),
        _weight_scale: of('F32', [4, 1]),
        _weight_zero_point: of('I8', [4, 1]),
      },
    ],
    ['quanto or torchao', { 'weight._data': of('I8', [4, 4]), 'weight._scale': of('F32', [4, 1]) }],
    ['quanto or torchao', { 'weight._data._data': U8([4, 4]), 'weight._shift': of('F32', [4, 1]) }],
    ['NVFP4', { ...packedWeight, weight_scale: of('F8_E4M3', [4, 1]), weight_scale_2: of('F32', []) }],
    [
      'NVFP4',
      { weight_packed: U8([4, 4]), weight_scale: of('F8_E4M3', [4, 1]), weight_global_scale: of('F32', [1]) },
    ],
    ['HQQ', { W_q: U8([4, 4]) }],
    ['EETQ', { weight: of('I8', [4, 4]), weight_scales: of('F16', [4]) }],
    ['AQLM', { codes: of('I16', [4, 4]), codebooks: of('F16', [1, 4]), scales: of('F16', [4, 1]) }],
    ['VPTQ', { indices: of('I32', [4, 4]), 'centroids.weight': of('F16', [1, 4]) }],
    ['SpQR', { dense_weights: of('I64', [4]), row_offsets: of('I32', [4]), col_vals: of('I32', [4]) }],
    ['HIGGS', { weight: of('I16', [4, 4]), scales: of('F16', [4, 1]), tables: of('F16', [16, 2]) }],
    ['FP-Quant', { qweight: U8([4, 4]), scales: U8([4, 1]), forward_hadamard_matrix: of('BF16', [4, 4]) }],
    ['Marlin', { B: of('I32', [4, 4]), s: of('F16', [1, 4]) }],
    ['Metal kernels', { weight: of('U32', [4, 4]), scales: of('F16', [4, 1]), qbiases: of('F16', [4, 1]) }],
    [
      'AWQ in the layout of llm-awq',
      { qweight: of('I16', [4, 4]), scales: of('F16', [1, 4]), scaled_zeros: of('F16', [1, 4]) },
    ],
    ['EXL2', { q_weight: of('I32', [4, 4]), q_scale: of('I32', [1, 1]), q_groups: of('I16', [2]) }],
    ['QTIP, QuIP# or EXL3', { trellis: of('I16', [1, 1, 48]), suh: of('F16', [4]), svh: of('F16', [4]) }],
    ['TensorRT-LLM', { weight: of('F8_E4M3', [4, 4]), weights_scaling_factor: of('F32', [1]) }],
    ['Quark', { weight: of('I8', [4, 4]), 'weight_quantizer.scale': of('F32', [1]) }],
    [
      'compressed-tensors’ sparse formats',
      { 'weight.compressed': of('F16', [8]), 'weight.bitmask': U8([2]) },
    ],
    [
      'compressed-tensors in the layout of Marlin 2:4',
      { weight_packed: of('I32', [4, 4]), scale_packed: of('F16', [1, 4]) },
    ],
  ] as const)('%s', async (name, parts) => {
    const { weight } = await presented(parts as Record<string, Part>);
    expect(weight.refused).toBe(
      `${MODULE}.weight is quantised by ${name}, which QKScope doesn't decode. Open the original model that it was made from instead.`,
    );
    expect(weight.parts).toEqual([]);
  });
});

describe('an unsupported method is refused by its config', () => {
  it.each([
    'bitnet',
    'quark',
    'torchao',
    'hqq',
    'mxfp4',
    'mxfp8',
    'fp_quant',
    'sinq',
    'gemma',
    'higgs',
    'made_up',
  ])('%s, whatever its parts look like', async (method) => {
    const int8 = { weight: of('I8', [4, 4]), weight_scale: of('F32', [4, 1]) };
    expect((await presented(int8, { quant_method: method })).weight.refused).toMatch(
      `quantised by ${method},`,
    );
  });

  it('refuses rotated weights', async () => {
    const int8 = { weight: of('I8', [4, 4]), weight_scale: of('F32', [4, 1]) };
    const config = { quant_method: 'compressed-tensors', transform_config: { config_groups: { u: {} } } };
    expect((await presented(int8, config)).weight.refused).toMatch(/with rotations \(transform_config\)/);
  });

  it('reads weights in full precision, whatever the config says of others', async () => {
    const weight = of('F16', [4, 4]);
    for (const method of ['gptq', 'mxfp4', 'bitnet'])
      expect((await presented({ weight }, { quant_method: method })).weight.refused).toBeUndefined();
  });
});

describe('contradicting stored weights', () => {
  it('are refused for a weight that is plain and quantised', async () => {
    const both = { weight: of('F16', [4, 4]), qweight: of('I32', [4, 4]), scales: of('F16', [1, 4]) };
    expect((await presented(both)).weight.refused).toMatch(
      /is in the files twice, plain \(.*q_proj.weight\) and quantised \(.*q_proj.qweight\)/,
    );
  });

  it('are refused for a weight that is wrapped and unwrapped', async () => {
    const both = { weight: of('F16', [4, 4]), 'base_layer.weight': of('F16', [4, 4]) };
    expect((await presented(both)).weight.refused).toMatch(
      /is in the files twice, as .*q_proj.weight and as .*base_layer.weight/,
    );
  });

  it('are bitsandbytes’ where packed elements look like plain numbers', async () => {
    const packed = {
      weight: of('BF16', [4, 1]),
      'weight.absmax': of('F32', [1]),
      'weight.quant_map': of('F32', [16]),
    };
    expect((await presented(packed)).weight.refused).toMatch(
      /bitsandbytes, but its quantisation state, which holds its shape, is missing/,
    );
  });
});

describe('integers and narrow floats are never plain numbers', () => {
  it.each(['U8', 'I8', 'I16', 'I32', 'I64', 'U32', 'F4', 'F6_E2M3', 'F8_E8M0', 'BOOL'] as const)(
    '%s',
    async (dtype) => {
      const { weight } = await presented({ weight: of(dtype, [4, 4]) });
      expect(weight.refused).toMatch(`is stored as ${dtype} without scales that QKScope knows`);
    },
  );
});
