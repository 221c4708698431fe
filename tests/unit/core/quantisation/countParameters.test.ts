import { describe, expect, it } from 'vitest';
import type { TensorShape } from '../../../../src/core/formats/checkpoint.ts';
import { countParameters } from '../../../../src/core/quantisation/countParameters.ts';
import { gpt2Shapes, llamaShapes, t5Shapes, tensor } from '../../../support/modelShapes.ts';

/** As transformers' num_parameters and the papers have them. */
const GPT2 = 124_439_808;
const LLAMA_2_7B = 6_738_415_616;
const T5_SMALL = 60_506_624;

const count = (shapes: readonly TensorShape[] | null, config: Record<string, unknown> = {}) =>
  countParameters(shapes, { config });

describe('the number of parameters', () => {
  it('is GPT-2’s without its causal masks', () => {
    expect(count(gpt2Shapes())).toBe(GPT2);
  });

  it('is Llama 2’s without its frequencies', () => {
    expect(count(llamaShapes(), { tie_word_embeddings: false })).toBe(LLAMA_2_7B);
  });

  it('has an output layer once that the config ties to the embedding', () => {
    const embedding = 32000 * 4096;
    expect(count(llamaShapes(), { tie_word_embeddings: true })).toBe(LLAMA_2_7B - embedding);
    expect(count(llamaShapes(), { text_config: { tie_word_embeddings: true } })).toBe(LLAMA_2_7B - embedding);
  });

  it('has T5’s one embedding once, however often it is stored', () => {
    expect(count(t5Shapes(), { tie_word_embeddings: true })).toBe(T5_SMALL);
  });

  it('has tensors once that are the same data', () => {
    const tied = { ...tensor('lm_head.weight', 'F32', 50257, 768), data: '7' };
    const shapes = gpt2Shapes().map((shape) =>
      shape.name === 'wte.weight' ? { ...shape, data: '7' } : shape,
    );
    expect(count([...shapes, tied])).toBe(GPT2);
    expect(count([...shapes, { ...tied, data: '8' }])).toBe(GPT2 + 50257 * 768);
  });

  it('leaves out what isn’t the model’s own', () => {
    const adapter = tensor('h.0.attn.c_attn.lora_A.weight', 'F32', 8, 768);
    expect(countParameters([...gpt2Shapes(), adapter], { config: {} }, (name) => name.includes('lora'))).toBe(
      GPT2,
    );
  });

  it('leaves out positions, which are whole numbers', () => {
    expect(count([...gpt2Shapes(), tensor('embeddings.position_ids', 'I64', 1, 1024)])).toBe(GPT2);
  });

  it('is unknown where not all tensors are known', () => {
    expect(count(null)).toBeNull();
  });

  it('is unknown where weights are packed in an unknown way', () => {
    expect(count([...gpt2Shapes(), tensor('h.0.x.weight', 'I32', 96, 768)])).toBeNull();
    expect(count([...gpt2Shapes(), tensor('h.0.x.W_q', 'U8', 96, 768)])).toBeNull();
    expect(count([...gpt2Shapes(), tensor('wte.qweight', 'I32', 96, 768)])).toBeNull();
  });
});

/** Ways in which the same linear layers are stored; each gives the same number. */
const STORED: readonly (readonly [string, Record<string, unknown>, Parameters<typeof llamaShapes>[0]])[] = [
  [
    'GPTQ',
    { quantization_config: { quant_method: 'gptq', bits: 4, group_size: 128 } },
    (name, out, inputs) => [
      tensor(`${name}.qweight`, 'I32', inputs / 8, out),
      tensor(`${name}.qzeros`, 'I32', inputs / 128, out / 8),
      tensor(`${name}.scales`, 'F16', inputs / 128, out),
      tensor(`${name}.g_idx`, 'I32', inputs),
    ],
  ],
  [
    'AWQ',
    { quantization_config: { quant_method: 'awq', bits: 4, version: 'gemm' } },
    (name, out, inputs) => [
      tensor(`${name}.qweight`, 'I32', inputs, out / 8),
      tensor(`${name}.qzeros`, 'I32', inputs / 128, out / 8),
      tensor(`${name}.scales`, 'F16', inputs / 128, out),
    ],
  ],
  [
    'bitsandbytes’ 4 bits',
    { quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } },
    (name, out, inputs) => [
      tensor(`${name}.weight`, 'U8', (out * inputs) / 2, 1),
      tensor(`${name}.weight.absmax`, 'U8', (out * inputs) / 64),
      tensor(`${name}.weight.quant_map`, 'F32', 16),
      tensor(`${name}.weight.nested_absmax`, 'F32', (out * inputs) / 64 / 256),
      tensor(`${name}.weight.nested_quant_map`, 'F32', 256),
      tensor(`${name}.weight.quant_state.bitsandbytes__nf4`, 'U8', 90),
    ],
  ],
  [
    'bitsandbytes’ 4 bits in elements of BF16',
    { quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } },
    (name, out, inputs) => [
      tensor(`${name}.weight`, 'BF16', (out * inputs) / 4, 1),
      tensor(`${name}.weight.absmax`, 'F32', (out * inputs) / 64),
      tensor(`${name}.weight.quant_map`, 'F32', 16),
      tensor(`${name}.weight.quant_state.bitsandbytes__nf4`, 'U8', 90),
    ],
  ],
  [
    'bitsandbytes’ 8 bits',
    { quantization_config: { quant_method: 'bitsandbytes', load_in_8bit: true } },
    (name, out, inputs) => [tensor(`${name}.weight`, 'I8', out, inputs), tensor(`${name}.SCB`, 'F32', out)],
  ],
  [
    'MLX',
    { quantization: { group_size: 64, bits: 4 } },
    (name, out, inputs) => [
      tensor(`${name}.weight`, 'U32', out, inputs / 8),
      tensor(`${name}.scales`, 'F16', out, inputs / 64),
      tensor(`${name}.biases`, 'F16', out, inputs / 64),
    ],
  ],
  [
    'compressed-tensors',
    {
      quantization_config: {
        quant_method: 'compressed-tensors',
        config_groups: { group_0: { targets: ['Linear'], weights: { num_bits: 4, group_size: 128 } } },
      },
    },
    (name, out, inputs) => [
      tensor(`${name}.weight_packed`, 'I32', out, inputs / 8),
      tensor(`${name}.weight_scale`, 'F16', out, inputs / 128),
      tensor(`${name}.weight_shape`, 'I64', 2),
    ],
  ],
  [
    'FP8 with scales for its inputs',
    { quantization_config: { quant_method: 'fp8' } },
    (name, out, inputs) => [
      tensor(`${name}.weight`, 'F8_E4M3', out, inputs),
      tensor(`${name}.weight_scale`, 'F32', 1),
      tensor(`${name}.input_scale`, 'F32', 1),
    ],
  ],
  ['GGUF’s blocks', {}, (name, out, inputs) => [tensor(`${name}.weight`, 'Q4_K', out, inputs)]],
];

describe('the number of parameters of quantised weights', () => {
  it.each(STORED)('is that of the weights they stand for: %s', (_, config, linear) => {
    expect(count(llamaShapes(linear), config)).toBe(LLAMA_2_7B);
  });

  it('is unknown where only the config could say how many bits there are, and doesn’t', () => {
    const [, , mlx] = STORED.find(([name]) => name === 'MLX')!;
    expect(count(llamaShapes(mlx))).toBeNull();
  });

  it('is unknown where rows may be padded and nothing says how far', () => {
    const [, , packed] = STORED.find(([name]) => name === 'compressed-tensors')!;
    const weights = { num_bits: 4, strategy: 'channel' };
    const config = { quantization_config: { config_groups: { g: { targets: ['Linear'], weights } } } };
    expect(count(llamaShapes(packed), config)).toBeNull();
  });
});
