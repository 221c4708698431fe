import type { FusedSplit } from '../../../src/core/architectures/fusedSplit.ts';

/** Where one kind of attention lies in a checkpoint: names end so, {n} is the layer. Written from each model's own source, not from the registry. */
export type StackNames =
  | { readonly kind: 'separate'; readonly q: string; readonly k: string; readonly o?: string }
  | {
      readonly kind: 'fused';
      readonly qkv: string;
      readonly o?: string;
      readonly order: FusedSplit;
      /** Conv1D: columns are output features. */
      readonly isTurned?: true;
    };

/** Keys of config.json (or of GGUF's metadata) that a family's class reads. */
export interface FamilyKeys {
  readonly width: string;
  readonly layers: readonly string[];
  readonly heads: readonly string[];
  readonly kv?: string;
  readonly headDim?: string;
}

export interface Family {
  readonly stacks: Readonly<Record<string, StackNames>>;
  readonly keys: FamilyKeys;
}

const separate = (module: string, q: string, k: string, o?: string): StackNames => ({
  kind: 'separate',
  q: `${module}${q}.weight`,
  k: `${module}${k}.weight`,
  ...(o === undefined ? {} : { o: `${module}${o}.weight` }),
});
const fused = (qkv: string, order: FusedSplit, o?: string, isTurned?: true): StackNames => ({
  kind: 'fused',
  qkv: `${qkv}.weight`,
  order,
  ...(o === undefined ? {} : { o: `${o}.weight` }),
  ...(isTurned === undefined ? {} : { isTurned }),
});

const USUAL: FamilyKeys = {
  width: 'hidden_size',
  layers: ['num_hidden_layers'],
  heads: ['num_attention_heads'],
};
const GROUPED: FamilyKeys = { ...USUAL, kv: 'num_key_value_heads' };
/** Their attention takes config.head_dim where it is there. */
const WITH_HEAD_DIM: FamilyKeys = { ...GROUPED, headDim: 'head_dim' };
const GPT: FamilyKeys = { width: 'n_embd', layers: ['n_layer'], heads: ['n_head'] };
const PAIR: FamilyKeys = {
  width: 'd_model',
  layers: ['encoder_layers', 'decoder_layers'],
  heads: ['encoder_attention_heads', 'decoder_attention_heads'],
};

const self = (stack: StackNames, keys: FamilyKeys): Family => ({ stacks: { self: stack }, keys });
const LLAMA = separate('layers.{n}.self_attn.', 'q_proj', 'k_proj', 'o_proj');
const BERT = separate('encoder.layer.{n}.attention.', 'self.query', 'self.key', 'output.dense');
const sequences = (out: string): Record<string, StackNames> => ({
  'encoder.self': separate('encoder.layers.{n}.self_attn.', 'q_proj', 'k_proj', out),
  'decoder.self': separate('decoder.layers.{n}.self_attn.', 'q_proj', 'k_proj', out),
  'decoder.cross': separate('decoder.layers.{n}.encoder_attn.', 'q_proj', 'k_proj', out),
});
const FALCON = 'h.{n}.self_attention.';

/** By `family` of expected.json; Falcon's three orders by the case's name. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  albert: self(separate('albert_layers.0.attention.', 'query', 'key', 'dense'), USUAL),
  bart: { stacks: sequences('out_proj'), keys: PAIR },
  whisper: { stacks: sequences('out_proj'), keys: PAIR },
  bert: self(BERT, USUAL),
  roberta: self(BERT, USUAL),
  bloom: self(fused(`${FALCON}query_key_value`, 'per-head', `${FALCON}dense`), {
    ...GPT,
    width: 'hidden_size',
  }),
  codegen: self(fused('h.{n}.attn.qkv_proj', 'mp-qvk'), GPT),
  deberta: self(fused('encoder.layer.{n}.attention.self.in_proj', 'per-head'), USUAL),
  distilbert: self(separate('transformer.layer.{n}.attention.', 'q_lin', 'k_lin', 'out_lin'), {
    width: 'dim',
    layers: ['n_layers'],
    heads: ['n_heads'],
  }),
  'falcon-multiquery-f32': self(fused(`${FALCON}query_key_value`, 'concat', `${FALCON}dense`), USUAL),
  'falcon-new-bf16': self(fused(`${FALCON}query_key_value`, 'per-group', `${FALCON}dense`), {
    ...USUAL,
    kv: 'num_kv_heads',
  }),
  'falcon-rw-f16': self(fused(`${FALCON}query_key_value`, 'per-head', `${FALCON}dense`), USUAL),
  gemma: self(LLAMA, WITH_HEAD_DIM),
  llama: self(LLAMA, WITH_HEAD_DIM),
  mistral: self(LLAMA, WITH_HEAD_DIM),
  qwen2: self(LLAMA, WITH_HEAD_DIM),
  gpt2: self(fused('h.{n}.attn.c_attn', 'concat', 'h.{n}.attn.c_proj', true), GPT),
  gpt_bigcode: self(fused('h.{n}.attn.c_attn', 'concat'), GPT),
  gpt_neo: self(separate('h.{n}.attn.attention.', 'q_proj', 'k_proj', 'out_proj'), {
    width: 'hidden_size',
    layers: ['num_layers'],
    heads: ['num_heads'],
  }),
  gpt_neox: self(
    fused('layers.{n}.attention.query_key_value', 'per-head', 'layers.{n}.attention.dense'),
    USUAL,
  ),
  gptj: self(separate('h.{n}.attn.', 'q_proj', 'k_proj', 'out_proj'), GPT),
  internlm2: self(fused('layers.{n}.attention.wqkv', 'per-group'), GROUPED),
  modernbert: self(fused('layers.{n}.attn.Wqkv', 'concat'), USUAL),
  mpt: self(fused('blocks.{n}.attn.Wqkv', 'concat'), {
    width: 'd_model',
    layers: ['n_layers'],
    heads: ['n_heads'],
  }),
  opt: self(separate('decoder.layers.{n}.self_attn.', 'q_proj', 'k_proj', 'out_proj'), USUAL),
  phi3: self(fused('layers.{n}.self_attn.qkv_proj', 'concat', 'layers.{n}.self_attn.o_proj'), GROUPED),
  qwen: self(fused('h.{n}.attn.c_attn', 'concat'), { ...USUAL, headDim: 'kv_channels' }),
  t5: {
    stacks: {
      'encoder.self': separate('encoder.block.{n}.layer.0.SelfAttention.', 'q', 'k', 'o'),
      'decoder.self': separate('decoder.block.{n}.layer.0.SelfAttention.', 'q', 'k', 'o'),
      'decoder.cross': separate('decoder.block.{n}.layer.1.EncDecAttention.', 'q', 'k', 'o'),
    },
    keys: {
      width: 'd_model',
      layers: ['num_layers', 'num_decoder_layers'],
      heads: ['num_heads'],
      headDim: 'd_kv',
    },
  },
  vit: self(
    separate('encoder.layer.{n}.attention.', 'attention.query', 'attention.key', 'output.dense'),
    USUAL,
  ),
  'gguf/gpt2': self(fused('blk.{n}.attn_qkv', 'concat'), {
    width: 'gpt2.embedding_length',
    layers: ['gpt2.block_count'],
    heads: ['gpt2.attention.head_count'],
  }),
  'gguf/llama': self(separate('blk.{n}.', 'attn_q', 'attn_k', 'attn_output'), {
    width: 'llama.embedding_length',
    layers: ['llama.block_count'],
    heads: ['llama.attention.head_count'],
    kv: 'llama.attention.head_count_kv',
    headDim: 'llama.attention.key_length',
  }),
};
