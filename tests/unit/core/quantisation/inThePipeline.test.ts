import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { safetensorsBytes } from '../../../support/safetensorsBytes.ts';

describe('GPTQ in the pipeline', () => {
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

  it('skips only the layer of a damaged order, on the same engine', async () => {
    const events = await analyseLocal(files({ wrongGroup: true, config: { quant_method: 'gptq', bits: 4 } }));
    const { result } = lastOf(events, 'done');
    const [first, second] = result.stacks[0]!.layers;
    expect(first!.heads.every(({ r }) => Number.isFinite(r))).toBe(true);
    expect(second!.heads).toEqual([]);
    expect(second!.skipped).toMatchObject({
      code: 'read-failed',
      reason:
        'model.layers.1.self_attn.q_proj.g_idx assigns input 3 to group 9, but there are only groups 0 to 0.',
    });
    expect(events.some(({ type }) => type === 'engine')).toBe(false);
  });

  it.each(['quantize_config.json', 'quant_config.json'])(
    'reads the format from %s where config.json has none',
    async (name) => {
      const { result } = lastOf(
        await analyseLocal(
          files({ sidecar: [name, { bits: 4, group_size: 128, checkpoint_format: 'gptq' }] }),
        ),
        'done',
      );
      expect(result.notes.join('\n')).not.toMatch(/no config says which format/);
      const alone = lastOf(await analyseLocal(files()), 'done').result;
      expect(alone.notes.join('\n')).toMatch(
        /q_proj and 3 more: no config says which format of GPTQ this is/,
      );
    },
  );

  it('notes a sidecar that contradicts config.json on what the shapes show', async () => {
    const both = files({
      config: { quant_method: 'gptq', bits: 4 },
      sidecar: ['quantize_config.json', { bits: 8 }],
    });
    const { result } = lastOf(await analyseLocal(both), 'done');
    expect(result.notes).toContain(
      'config.json says bits 4, but quantize_config.json says 8. The shapes of the tensors decided.',
    );
  });

  it('refuses a sidecar that contradicts config.json on what they don’t', async () => {
    const both = files({
      config: { quant_method: 'gptq', bits: 4, checkpoint_format: 'gptq' },
      sidecar: ['quantize_config.json', { bits: 4, checkpoint_format: 'gptq_v2' }],
    });
    const { error } = lastOf(await analyseLocal(both), 'failed');
    expect(error.message).toMatch(
      /config.json says checkpoint_format gptq, quantize_config.json says gptq_v2/,
    );
  });

  it('recognises ModelOpt by hf_quant_config.json', async () => {
    const sidecar = [
      'hf_quant_config.json',
      { producer: { name: 'modelopt' }, quantization: { quant_algo: 'W4A8_AWQ' } },
    ] as const;
    const { error } = lastOf(await analyseLocal(files({ sidecar })), 'failed');
    expect(error.message).toMatch(/quantised by ModelOpt’s W4A8_AWQ/);
  });
});

describe('GGUF', () => {
  const types = { F16: 1, Q2_K: 10, MXFP4: 39, NVFP4: 40, unknown: 99 };
  const file = (type: keyof typeof types, extra: readonly string[] = []) => {
    const tensor = (name: string, of: number, size: number) => ({
      name,
      shape: [size, size],
      type: of,
      data: new Uint8Array(size * size * 2).fill(0x3c),
    });
    const weights = ['attn_q', 'attn_k', 'attn_output'].map((name) =>
      tensor(`blk.0.${name}.weight`, types[type], 256),
    );
    const scales = extra.map((name) => ({ name, shape: [1], type: 0, data: new Uint8Array(4) }));
    const metadata = {
      'general.architecture': 'llama',
      'llama.attention.head_count': 4,
      'llama.block_count': 1,
      'llama.embedding_length': 256,
    };
    return [
      {
        path: 'm.gguf',
        blob: new Blob([
          ggufBytes(metadata, [tensor('token_embd.weight', 1, 256), ...weights, ...scales]) as BlobPart,
        ]),
      },
    ];
  };

  it.each([
    [
      'Q2_K',
      'dtype-unsupported',
      /blk.0.attn_q.weight is quantised as Q2_K, which .*: open the F16, Q8_0 or Q4_K file/,
    ],
    ['MXFP4', 'dtype-unsupported', /quantised as MXFP4/],
    ['NVFP4', 'dtype-unsupported', /quantised as NVFP4/],
    [
      'unknown',
      'format-unsupported',
      /can't be read: blk\.0\.attn_q\.weight, for example, has the ggml type 99/,
    ],
  ] as const)('refuses %s by name', async (type, code, message) => {
    const { error } = lastOf(await analyseLocal(file(type)), 'failed');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(`${error.message} ${error.hint ?? ''}`).toMatch(
      /open the F16, Q8_0 or Q4_K file of the same model/i,
    );
  });

  it('notes that a scale beside a weight was left out', async () => {
    const { result } = lastOf(await analyseLocal(file('F16', ['blk.0.attn_q.scale'])), 'done');
    expect(result.notes.join('\n')).toMatch(
      /blk.0.attn_q.weight: a scale .* \(blk.0.attn_q.scale\) was left out/,
    );
    const without = lastOf(await analyseLocal(file('F16')), 'done').result;
    expect(without.notes.join('\n')).not.toMatch(/scale/);
  });
});
