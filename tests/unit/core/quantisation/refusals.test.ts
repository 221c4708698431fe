import { describe, expect, it } from 'vitest';
import type { Dtype } from '../../../../src/core/formats/dtype.ts';
import { matchesStart } from '../../../../src/core/quantisation/modulePattern.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { MODULE, type Part, part, presented } from '../../../support/quantisedModule.ts';
import { safetensorsBytes } from '../../../support/safetensorsBytes.ts';

const U8 = (shape: readonly number[]) =>
  part('U8', shape, new Uint8Array(shape.reduce((n, size) => n * size, 1)));
const of = (dtype: Dtype, shape: readonly number[]) => ({ ...U8(shape), dtype });
const packedWeight = { weight: U8([4, 4]) };

describe('methods that aren’t decoded, by what they store', () => {
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
      `${MODULE}.weight is quantised by ${name}, which QKScope doesn't decode: open the model that it was made from, in its own precision.`,
    );
    expect(weight.parts).toEqual([]);
  });
});

describe('methods that aren’t decoded, by what the config says', () => {
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

  it('weights that a rotation was put into', async () => {
    const int8 = { weight: of('I8', [4, 4]), weight_scale: of('F32', [4, 1]) };
    const config = { quant_method: 'compressed-tensors', transform_config: { config_groups: { u: {} } } };
    expect((await presented(int8, config)).weight.refused).toMatch(/with rotations \(transform_config\)/);
  });

  it('weights in full precision are read, whatever the config says of others', async () => {
    const weight = of('F16', [4, 4]);
    for (const method of ['gptq', 'mxfp4', 'bitnet'])
      expect((await presented({ weight }, { quant_method: method })).weight.refused).toBeUndefined();
  });
});

describe('two answers to one question', () => {
  it('a weight that is plain and quantised', async () => {
    const both = { weight: of('F16', [4, 4]), qweight: of('I32', [4, 4]), scales: of('F16', [1, 4]) };
    expect((await presented(both)).weight.refused).toMatch(
      /is here twice, plain \(.*q_proj.weight\) and quantised \(.*q_proj.qweight\)/,
    );
  });

  it('a weight that is wrapped and isn’t', async () => {
    const both = { weight: of('F16', [4, 4]), 'base_layer.weight': of('F16', [4, 4]) };
    expect((await presented(both)).weight.refused).toMatch(
      /is here twice, as .*q_proj.weight and as .*base_layer.weight/,
    );
  });

  it('packed elements that look like plain numbers are bitsandbytes’', async () => {
    const packed = {
      weight: of('BF16', [4, 1]),
      'weight.absmax': of('F32', [1]),
      'weight.quant_map': of('F32', [16]),
    };
    expect((await presented(packed)).weight.refused).toMatch(/bitsandbytes without a quantisation state/);
  });
});

describe('integers and narrow floats are never plain numbers', () => {
  it.each(['U8', 'I8', 'I16', 'I32', 'I64', 'U32', 'F4', 'F6_E2M3', 'F8_E8M0', 'BOOL'] as const)(
    '%s',
    async (dtype) => {
      const { weight } = await presented({ weight: of(dtype, [4, 4]) });
      expect(weight.refused).toMatch(`is stored as ${dtype}, with no scales that QKScope knows`);
    },
  );
});

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

describe('in the pipeline', () => {
  const llama = {
    model_type: 'llama',
    num_attention_heads: 4,
    num_key_value_heads: 4,
    num_hidden_layers: 2,
    hidden_size: 32,
  };
  const modules = [0, 1].flatMap((layer) =>
    ['q_proj', 'k_proj'].map((name) => `model.layers.${layer}.self_attn.${name}`),
  );
  const ints = (count: number, at: (index: number) => number) =>
    new Uint8Array(Int32Array.from({ length: count }, (_, i) => at(i)).buffer);

  function files(
    options: { wrongGroup?: boolean; sidecar?: readonly [string, unknown]; config?: unknown } = {},
  ) {
    const tensors = modules.flatMap((module, at) => [
      {
        name: `${module}.qweight`,
        dtype: 'I32',
        shape: [4, 32],
        data: ints(128, (i) => i * 2654435761 * (at + 1)),
      },
      { name: `${module}.qzeros`, dtype: 'I32', shape: [1, 4], data: ints(4, () => 0x77777777) },
      {
        name: `${module}.scales`,
        dtype: 'F32',
        shape: [1, 32],
        data: new Uint8Array(new Float32Array(32).fill(0.5).buffer),
      },
      {
        name: `${module}.g_idx`,
        dtype: 'I32',
        shape: [32],
        data: ints(32, (i) => (options.wrongGroup && at === 2 && i === 3 ? 9 : 0)),
      },
    ]);
    const blob = (data: BlobPart) => new Blob([data]);
    return [
      { path: 'model.safetensors', blob: blob(safetensorsBytes(tensors) as BlobPart) },
      {
        path: 'config.json',
        blob: blob(
          JSON.stringify({
            ...llama,
            ...(options.config === undefined ? {} : { quantization_config: options.config }),
          }),
        ),
      },
      ...(options.sidecar === undefined
        ? []
        : [{ path: options.sidecar[0], blob: blob(JSON.stringify(options.sidecar[1])) }]),
    ];
  }

  it('a damaged order hatches its layer, and no other engine is asked', async () => {
    const events = await analyseLocal(files({ wrongGroup: true, config: { quant_method: 'gptq', bits: 4 } }));
    const { result } = lastOf(events, 'done');
    const [first, second] = result.stacks[0]!.layers;
    expect(first!.heads.every(({ r }) => Number.isFinite(r))).toBe(true);
    expect(second!.heads).toEqual([]);
    expect(second!.skipped).toMatchObject({
      code: 'read-failed',
      reason:
        'model.layers.1.self_attn.q_proj.g_idx says that input 3 is of group 9, but there are groups 0 to 0 only.',
    });
    expect(events.some(({ type }) => type === 'engine')).toBe(false);
  });

  it.each(['quantize_config.json', 'quant_config.json'])(
    '%s tells where config.json doesn’t',
    async (name) => {
      const { result } = lastOf(
        await analyseLocal(
          files({ sidecar: [name, { bits: 4, group_size: 128, checkpoint_format: 'gptq' }] }),
        ),
        'done',
      );
      expect(result.notes.join('\n')).not.toMatch(/no config tells the format/);
      const alone = lastOf(await analyseLocal(files()), 'done').result;
      expect(alone.notes.join('\n')).toMatch(/q_proj and 3 more: no config tells the format of its GPTQ/);
    },
  );

  it('a sidecar that contradicts config.json on what the shapes show is said', async () => {
    const both = files({
      config: { quant_method: 'gptq', bits: 4 },
      sidecar: ['quantize_config.json', { bits: 8 }],
    });
    const { result } = lastOf(await analyseLocal(both), 'done');
    expect(result.notes).toContain(
      'config.json says bits 4, quantize_config.json says 8: the tensors’ shapes decide.',
    );
  });

  it('one that contradicts it on what they don’t is refused', async () => {
    const both = files({
      config: { quant_method: 'gptq', bits: 4, checkpoint_format: 'gptq' },
      sidecar: ['quantize_config.json', { bits: 4, checkpoint_format: 'gptq_v2' }],
    });
    const { error } = lastOf(await analyseLocal(both), 'failed');
    expect(error.message).toMatch(
      /config.json says checkpoint_format gptq, quantize_config.json says gptq_v2/,
    );
  });

  it('hf_quant_config.json tells of ModelOpt', async () => {
    const sidecar = [
      'hf_quant_config.json',
      { producer: { name: 'modelopt' }, quantization: { quant_algo: 'W4A8_AWQ' } },
    ] as const;
    const { error } = lastOf(await analyseLocal(files({ sidecar })), 'failed');
    expect(error.message).toMatch(/quantised by ModelOpt’s W4A8_AWQ/);
  });
});

describe('where a quantisation is described', () => {
  const int8 = { weight: of('I8', [4, 4]), weight_scale: of('F32', [4, 1]) };
  const methodOf = async (config: Record<string, unknown>) =>
    (await presented(int8, null, { config })).weight.refused ?? 'decoded';
  const quark = { quantization_config: { quant_method: 'quark' } };
  const ct = { quantization_config: { quant_method: 'compressed-tensors' } };

  it.each([
    ['in a config within', { text_config: quark }, /quark/],
    ['in one within that', { thinker_config: { text_config: quark } }, /quark/],
    ['under an older key', { compression_config: { quant_method: 'quark' } }, /quark/],
    ['for the text, not for the vision tower', { vision_config: quark, text_config: ct }, /^decoded$/],
    ['for all, not for the vision tower alone', { vision_config: ct, ...quark }, /quark/],
    [
      'twice, and differently',
      { text_config: quark, ...ct },
      /described in two ways: config.json says quant_method compressed-tensors, text_config of config.json says quark/,
    ],
    ['twice, and alike', { text_config: ct, ...ct }, /^decoded$/],
    ['nowhere', { quantization_config: {} }, /^decoded$/],
  ])('%s', async (_, config, message) => {
    expect(await methodOf(config)).toMatch(message);
  });
});
