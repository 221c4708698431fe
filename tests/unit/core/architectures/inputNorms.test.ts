import { describe, expect, it } from 'vitest';
import { createConfigReader } from '../../../../src/core/architectures/configReader.ts';
import { attentionFacts } from '../../../../src/core/architectures/facts/attentionFacts.ts';
import { ggufFacts } from '../../../../src/core/architectures/facts/ggufFacts.ts';

/** A gain as the modelling file names it; the first layer's, where another norm feeds it. */
interface Gain {
  readonly names: readonly string[];
  readonly plusOne?: true;
  readonly ofPrevious?: true;
  /** A list of names, or part of the reason why the first layer has none. */
  readonly first?: readonly string[] | string;
}

type Row = readonly [
  id: string,
  stack: string,
  config: Record<string, unknown>,
  want: Gain | { why: string },
];

const of = (...names: string[]): Gain => ({ names });

/** Written down from the modelling files of the transformers library, one model type of each kind. */
const ROWS: readonly Row[] = [
  ['llama', 'self', {}, of('layers.{layer}.input_layernorm.weight')],
  ['qwen3', 'self', {}, of('layers.{layer}.input_layernorm.weight')],
  ['gpt_neox', 'self', {}, of('layers.{layer}.input_layernorm.weight')],
  ['deepseek_v3', 'self', {}, of('layers.{layer}.input_layernorm.weight')],
  ['gemma', 'self', {}, { names: ['layers.{layer}.input_layernorm.weight'], plusOne: true }],
  ['gemma2', 'self', {}, { names: ['layers.{layer}.input_layernorm.weight'], plusOne: true }],
  ['gemma3', 'text.self', {}, { names: ['layers.{layer}.input_layernorm.weight'], plusOne: true }],
  ['gemma3', 'vision.self', {}, of('encoder.layers.{layer}.layer_norm1.weight')],
  ['qwen3_next', 'self', {}, { names: ['layers.{layer}.input_layernorm.weight'], plusOne: true }],
  ['nemotron', 'self', {}, { names: ['layers.{layer}.input_layernorm.weight'], plusOne: true }],
  ['recurrent_gemma', 'self', {}, { names: ['layers.{layer}.temporal_pre_norm.weight'], plusOne: true }],
  ['internlm2', 'self', {}, of('layers.{layer}.attention_norm.weight')],
  ['olmo', 'self', {}, { why: 'no gain' }],
  ['olmo2', 'self', {}, { why: 'come after' }],
  ['opt', 'self', {}, of('decoder.layers.{layer}.self_attn_layer_norm.weight')],
  ['opt', 'self', { do_layer_norm_before: false }, { why: 'do_layer_norm_before' }],
  ['gpt2', 'self', {}, of('h.{layer}.ln_1.weight')],
  ['gptj', 'self', {}, of('h.{layer}.ln_1.weight')],
  ['bloom', 'self', {}, of('h.{layer}.input_layernorm.weight')],
  ['falcon', 'self', {}, of('h.{layer}.ln_attn.weight', 'h.{layer}.input_layernorm.weight')],
  ['mpt', 'self', {}, of('blocks.{layer}.norm_1.weight')],
  ['openai-gpt', 'self', {}, { names: ['h.{layer}.ln_2.weight'], ofPrevious: true, first: 'without a norm' }],
  [
    'bert',
    'self',
    {},
    {
      names: [
        'encoder.layer.{layer}.output.LayerNorm.weight',
        'encoder.layer.{layer}.output.LayerNorm.gamma',
      ],
      ofPrevious: true,
      first: ['embeddings.LayerNorm.weight', 'embeddings.LayerNorm.gamma'],
    },
  ],
  [
    'electra',
    'self',
    {},
    {
      names: [
        'encoder.layer.{layer}.output.LayerNorm.weight',
        'encoder.layer.{layer}.output.LayerNorm.gamma',
      ],
      ofPrevious: true,
      first: 'projected',
    },
  ],
  ['deberta-v2', 'self', { conv_kernel_size: 3 }, { why: 'convolution' }],
  [
    'distilbert',
    'self',
    {},
    {
      names: ['transformer.layer.{layer}.output_layer_norm.weight'],
      ofPrevious: true,
      first: ['embeddings.LayerNorm.weight'],
    },
  ],
  ['esm', 'self', {}, of('encoder.layer.{layer}.attention.LayerNorm.weight')],
  ['albert', 'self', {}, { why: 'One block serves all layers' }],
  [
    'modernbert',
    'self',
    {},
    { names: ['layers.{layer}.attn_norm.weight'], first: ['embeddings.norm.weight'] },
  ],
  ['t5', 'encoder.self', {}, of('encoder.block.{layer}.layer.0.layer_norm.weight')],
  ['t5', 'decoder.self', {}, of('decoder.block.{layer}.layer.0.layer_norm.weight')],
  [
    'bart',
    'decoder.self',
    {},
    {
      names: ['decoder.layers.{layer}.final_layer_norm.weight'],
      ofPrevious: true,
      first: ['decoder.layernorm_embedding.weight'],
    },
  ],
  ['whisper', 'encoder.self', {}, of('encoder.layers.{layer}.self_attn_layer_norm.weight')],
  [
    'wav2vec2',
    'self',
    {},
    {
      names: ['encoder.layers.{layer}.final_layer_norm.weight'],
      ofPrevious: true,
      first: ['encoder.layer_norm.weight'],
    },
  ],
  ['wav2vec2', 'self', { do_stable_layer_norm: true }, of('encoder.layers.{layer}.layer_norm.weight')],
  ['dinov2', 'self', {}, of('encoder.layer.{layer}.norm1.weight')],
  ['swin', 'self', {}, of('encoder.layers.{stage}.blocks.{layer}.layernorm_before.weight')],
];

function expectNorm(found: unknown, want: Gain | { why: string }) {
  if ('why' in want) {
    expect(found).toEqual({ kind: 'refused', why: expect.stringContaining(want.why) });
    return;
  }
  const { first, ...rest } = want;
  const firstOf = typeof first === 'string' ? expect.stringContaining(first) : first;
  expect(found).toEqual({ kind: 'gain', ...rest, ...(first === undefined ? {} : { first: firstOf }) });
}

describe('the norm before attention', () => {
  it.each(ROWS)('is known for %s %s, %o', (id, stack, config, want) => {
    const { inputNorm } = attentionFacts(id, stack);
    expectNorm(typeof inputNorm === 'function' ? inputNorm(createConfigReader(config)) : inputNorm, want);
  });

  it('is unknown for a model type that isn’t listed', () => {
    expect(attentionFacts('nobody', 'self').inputNorm).toBeUndefined();
  });
});

/** By llama.cpp's gguf-py/gguf/constants.py and llama_model_rope_type; null: not rotated. */
const GGUF: readonly (readonly [string, Gain | { why: string }, 'half' | 'interleaved' | null])[] = [
  ['llama', of('blk.{layer}.attn_norm.weight'), 'interleaved'],
  ['command-r', of('blk.{layer}.attn_norm.weight'), 'interleaved'],
  ['granite', of('blk.{layer}.attn_norm.weight'), 'interleaved'],
  ['qwen2', of('blk.{layer}.attn_norm.weight'), 'half'],
  ['qwen3', of('blk.{layer}.attn_norm.weight'), 'half'],
  ['phi3', of('blk.{layer}.attn_norm.weight'), 'half'],
  ['gptneox', of('blk.{layer}.attn_norm.weight'), 'half'],
  // The converter adds the one: no plusOne.
  ['gemma2', of('blk.{layer}.attn_norm.weight'), 'half'],
  ['falcon', of('blk.{layer}.attn_norm_2.weight', 'blk.{layer}.attn_norm.weight'), 'half'],
  ['olmo2', { why: 'come after' }, 'half'],
  ['gpt2', of('blk.{layer}.attn_norm.weight'), null],
  ['bloom', of('blk.{layer}.attn_norm.weight'), null],
  [
    'bert',
    {
      names: ['blk.{layer}.layer_output_norm.weight'],
      ofPrevious: true,
      first: ['token_embd_norm.weight'],
    },
    null,
  ],
];

describe('the norm before attention in GGUF files', () => {
  it.each(GGUF)('%s', (architecture, want, pairing) => {
    const { inputNorm, positions } = ggufFacts(architecture);
    expectNorm(inputNorm, want);
    expect(positions).toMatchObject(pairing === null ? { kind: 'refused' } : { kind: 'rope', pairing });
  });

  it('is unknown where the architecture isn’t listed', () => {
    expect(ggufFacts('nobody')).toEqual({});
  });
});
