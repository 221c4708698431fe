// Facts about a GGUF file's attention, by its `general.architecture`.
import type { AttentionFacts, FactRow, GainNorm, HeadNorm, InputNorm, Positions } from './types.ts';

const gain = (...names: string[]): GainNorm => ({
  kind: 'gain',
  names: names.map((name) => `blk.{layer}.${name}.weight`),
});
const NORMS: HeadNorm = {
  kind: 'gain',
  q: 'blk.{layer}.attn_q_norm.weight',
  k: 'blk.{layer}.attn_k_norm.weight',
};
const refused = (why: string) => ({ kind: 'refused', why }) as const;
const rope = (pairing: 'half' | 'interleaved'): Positions => ({
  kind: 'rope',
  pairing,
  theta: ['rope_theta'],
  // This is llama.cpp's default, llama_hparams.rope_freq_base_train.
  defaultTheta: 10_000,
  dims: { keys: ['rope_dimension_count'] },
  // These are Llama 3.1's and LongRoPE's factors, one for each frequency.
  unlessTensors: ['rope_freqs.weight', 'rope_factors_long.weight', 'rope_factors_short.weight'],
});

const INPUT: readonly FactRow<InputNorm>[] = [
  {
    ids: [
      'llama',
      'qwen2',
      'qwen2moe',
      'qwen3',
      'qwen3moe',
      'phi2',
      'phi3',
      'gptneox',
      'stablelm',
      'starcoder2',
      'olmoe',
      'internlm2',
      'granite',
      'command-r',
      'gpt2',
      'bloom',
      'mpt',
      // The converter stores 1 + w.
      'gemma',
      'gemma2',
    ],
    fact: gain('attn_norm'),
  },
  { ids: ['falcon'], fact: gain('attn_norm_2', 'attn_norm') },
  { ids: ['olmo2'], fact: refused('No norm stands before this model’s attention: its norms come after.') },
  {
    ids: ['bert'],
    fact: { ...gain('layer_output_norm'), ofPrevious: true, first: ['token_embd_norm.weight'] },
  },
];

const HEADS: readonly FactRow<HeadNorm>[] = [
  { ids: ['qwen3', 'qwen3moe', 'olmo2', 'olmoe'], fact: NORMS },
  { ids: ['command-r', 'stablelm'], fact: { ...NORMS, optional: true } },
  {
    ids: [
      'llama',
      'qwen2',
      'qwen2moe',
      'phi2',
      'phi3',
      'gptneox',
      'starcoder2',
      'internlm2',
      'granite',
      'gpt2',
      'bloom',
      'mpt',
      'gemma',
      'gemma2',
      'falcon',
      'bert',
    ],
    fact: { kind: 'none' },
  },
];

/**
 * The pairs of features that turn together (llama.cpp, src/llama-model.cpp, llama_model_rope_type): NORM pairs
 * neighbours, NEOX halves.
 */
const TURNS: readonly FactRow<Positions>[] = [
  // The converter puts the rows of Llama's heads in this order.
  { ids: ['llama', 'internlm2', 'granite', 'command-r'], fact: rope('interleaved') },
  {
    ids: [
      'qwen2',
      'qwen2moe',
      'qwen3',
      'qwen3moe',
      'phi2',
      'phi3',
      'gptneox',
      'stablelm',
      'starcoder2',
      'olmo2',
      'olmoe',
      'gemma',
      'gemma2',
      'falcon',
    ],
    fact: rope('half'),
  },
  {
    ids: ['bloom', 'mpt'],
    fact: refused('This model encodes distance with ALiBi’s biases: its queries and keys aren’t rotated.'),
  },
  {
    ids: ['gpt2', 'bert'],
    fact: refused('This model adds positions to its input: its queries and keys aren’t rotated.'),
  },
];

/** Returns the known facts about a GGUF file's model, by its `general.architecture`. */
export function ggufFacts(architecture: string): AttentionFacts {
  const find = <T>(rows: readonly FactRow<T>[]) => rows.find(({ ids }) => ids.includes(architecture))?.fact;
  const [inputNorm, headNorm, positions] = [find(INPUT), find(HEADS), find(TURNS)];
  return {
    ...(inputNorm === undefined ? {} : { inputNorm }),
    ...(headNorm === undefined ? {} : { headNorm }),
    ...(positions === undefined ? {} : { positions }),
  };
}
