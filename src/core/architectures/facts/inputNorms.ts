// The norm before attention, by model type.
import type { FactRow, GainNorm, InputNorm, Refused } from './types.ts';

const refused = (why: string): Refused => ({ kind: 'refused', why });
const gain = (...names: string[]): GainNorm => ({
  kind: 'gain',
  names: names.map((name) => `${name}.weight`),
});
const plusOne = (name: string): GainNorm => ({ ...gain(name), plusOne: true });

/**
 * Describes post-norm: the attention's input is the output of the previous layer's last norm; `first` names the norm
 * before the first layer.
 */
const previous = (name: string, first: string | { readonly none: string }): GainNorm => ({
  ...gain(name),
  ofPrevious: true,
  first: typeof first === 'string' ? [`${first}.weight`] : first.none,
});

/** The original BERT checkpoints call a norm's gain gamma. */
const bertNorm = (name: string): string[] => [`${name}.weight`, `${name}.gamma`];

const BERT: GainNorm = {
  kind: 'gain',
  names: bertNorm('encoder.layer.{layer}.output.LayerNorm'),
  ofPrevious: true,
  first: bertNorm('embeddings.LayerNorm'),
};

const PROJECTED =
  'The embeddings may be projected to the model’s width after their norm, so no norm stands right before the first layer’s attention.';
const BARE = 'The embeddings reach the first layer’s attention without a norm.';
const AFTER = 'No norm stands before this model’s attention: its norms come after.';

const STABLE = gain('encoder.layers.{layer}.layer_norm');
const WAV2VEC2 = previous('encoder.layers.{layer}.final_layer_norm', 'encoder.layer_norm');

/**
 * The norm before attention of each model type, from the modelling files of the transformers library
 * (models/…/modeling_….py) and, for remote code, its authors' files. A type that isn't listed isn't known, and folding
 * is refused.
 */
export const INPUT_NORMS: readonly FactRow<InputNorm>[] = [
  {
    ids: [
      'llama',
      'mistral',
      'ministral',
      'mixtral',
      'qwen2',
      'qwen2_moe',
      'qwen3',
      'qwen3_moe',
      'smollm3',
      'granite',
      'granitemoe',
      'glm',
      'glm4',
      'glm4_moe',
      'arcee',
      'seed_oss',
      'ernie4_5',
      'helium',
      'bitnet',
      'gpt_oss',
      'falcon_h1',
      'hunyuan_v1_dense',
      'llama4_text',
      'jamba',
      'bamba',
      'phimoe',
      'stablelm',
      'phi',
      'phi3',
      'persimmon',
      'starcoder2',
      'cohere',
      'cohere2',
      'olmoe',
      'baichuan',
      'gpt_neox',
      'deepseek_v2',
      'deepseek_v3',
      'minicpm3',
      'eurobert',
      'afmoe',
      'cwm',
      'deepseek_v32',
      'dots1',
      'ernie4_5_moe',
      'exaone_moe',
      'glm4_moe_lite',
      'glm4v_moe_text',
      'glm4v_text',
      'glm_moe_dsa',
      'granitemoehybrid',
      'granitemoeshared',
      'hunyuan_v1_moe',
      'hyperclovax',
      'jais2',
      'kimi_linear',
      'mellum',
      'mimo_v2_flash',
      'minimax',
      'minimax_m2',
      'ministral3',
      'mistral4',
      'phi3small',
      'qwen2_vl_text',
      'qwen3_vl_moe_text',
      'qwen3_vl_text',
      'solar_open',
      'youtu',
    ],
    fact: gain('layers.{layer}.input_layernorm'),
  },
  {
    ids: ['llama4', 'mllama', 'qwen2_vl', 'qwen2_5_vl', 'qwen3_vl', 'qwen3_vl_moe', 'glm4v', 'glm4v_moe'],
    stack: 'text.self',
    fact: gain('layers.{layer}.input_layernorm'),
  },
  {
    ids: ['qwen2_5_omni', 'qwen3_omni_moe'],
    stack: 'text.self',
    fact: gain('layers.{layer}.input_layernorm'),
  },
  {
    ids: ['qwen2_5_omni', 'qwen3_omni_moe'],
    stack: 'audio.self',
    fact: gain('layers.{layer}.self_attn_layer_norm'),
  },
  { ids: ['qwen3_5', 'qwen3_5_moe'], stack: 'text.self', fact: plusOne('layers.{layer}.input_layernorm') },
  { ids: ['apertus'], fact: gain('layers.{layer}.attention_layernorm') },
  {
    ids: ['gemma', 'gemma2', 'gemma3_text', 'vaultgemma', 'qwen3_next', 'qwen3_5_text', 'nemotron'],
    fact: plusOne('layers.{layer}.input_layernorm'),
  },
  { ids: ['gemma3'], stack: 'text.self', fact: plusOne('layers.{layer}.input_layernorm') },
  { ids: ['recurrent_gemma'], fact: plusOne('layers.{layer}.temporal_pre_norm') },
  { ids: ['lfm2', 'lfm2_moe'], fact: gain('layers.{layer}.operator_norm') },
  { ids: ['nemotron_h'], fact: gain('layers.{layer}.norm') },
  { ids: ['internlm2', 'pixtral'], fact: gain('layers.{layer}.attention_norm') },
  {
    ids: ['chatglm'],
    fact: gain('encoder.layers.{layer}.input_layernorm', 'layers.{layer}.input_layernorm'),
  },
  { ids: ['zamba'], fact: gain('layers.{layer}.shared_transf.input_layernorm') },
  { ids: ['zamba2'], fact: gain('layers.{layer}.shared_transformer.input_layernorm') },
  {
    ids: ['olmo', 'nanochat'],
    fact: refused('The norm before this model’s attention has no gain: folding it changes nothing.'),
  },
  { ids: ['olmo2', 'olmo3', 'exaone4', 'flex_olmo', 'olmo_hybrid'], fact: refused(AFTER) },
  { ids: ['xglm', 'biogpt'], fact: gain('layers.{layer}.self_attn_layer_norm') },
  {
    ids: ['opt'],
    fact: (config) =>
      config.get('do_layer_norm_before') === false
        ? refused(
            `${config.name} puts this model’s norms after its attention (do_layer_norm_before is false).`,
          )
        : gain('decoder.layers.{layer}.self_attn_layer_norm'),
  },
  {
    ids: ['gpt2', 'imagegpt', 'gpt_neo', 'gptj', 'codegen', 'gpt_bigcode', 'qwen', 'exaone'],
    stack: 'self',
    fact: gain('h.{layer}.ln_1'),
  },
  { ids: ['openai-gpt'], stack: 'self', fact: previous('h.{layer}.ln_2', { none: BARE }) },
  { ids: ['ctrl'], fact: gain('h.{layer}.layernorm1') },
  { ids: ['bloom'], fact: gain('h.{layer}.input_layernorm') },
  { ids: ['falcon'], fact: gain('h.{layer}.ln_attn', 'h.{layer}.input_layernorm') },
  { ids: ['mpt'], fact: gain('blocks.{layer}.norm_1') },
  { ids: ['dbrx'], fact: gain('blocks.{layer}.norm_attn_norm.norm_1') },
  // Encoders.
  {
    ids: [
      'bert',
      'roberta',
      'xlm-roberta',
      'camembert',
      'data2vec-text',
      'ernie',
      'layoutlm',
      'big_bird',
      'mpnet',
      'deberta',
      'longformer',
    ],
    fact: BERT,
  },
  { ids: ['electra', 'roformer', 'rembert'], fact: { ...BERT, first: PROJECTED } },
  {
    ids: ['deberta-v2'],
    fact: (config) =>
      Number(config.get('conv_kernel_size') ?? 0) > 0
        ? refused(
            'A convolution stands between this model’s first layers: which norm reaches attention differs.',
          )
        : BERT,
  },
  {
    ids: ['distilbert'],
    fact: previous('transformer.layer.{layer}.output_layer_norm', 'embeddings.LayerNorm'),
  },
  { ids: ['esm'], stack: 'self', fact: gain('encoder.layer.{layer}.attention.LayerNorm') },
  {
    ids: ['xlm-roberta-xl'],
    stack: 'self',
    fact: gain('encoder.layer.{layer}.attention.self_attn_layer_norm'),
  },
  { ids: ['xlnet'], fact: previous('layer.{layer}.ff.layer_norm', { none: BARE }) },
  {
    ids: ['albert'],
    fact: refused('One block serves all layers, and the first has another norm before it than the others.'),
  },
  {
    ids: ['modernbert', 'modernbert-decoder'],
    fact: { ...gain('layers.{layer}.attn_norm'), first: ['embeddings.norm.weight'] },
  },
  {
    ids: ['nomic_bert'],
    fact: (config) =>
      config.get('prenorm') === true
        ? refused(`${config.name} asks for norms before attention (prenorm), which QKScope hasn’t checked.`)
        : previous('encoder.layers.{layer}.norm2', 'emb_ln'),
  },
  { ids: ['neobert'], fact: gain('transformer_encoder.{layer}.attention_norm') },
  { ids: ['vjepa2'], stack: 'encoder.self', fact: gain('encoder.layer.{layer}.norm1') },
  { ids: ['vjepa2'], stack: 'predictor.self', fact: gain('predictor.layer.{layer}.norm1') },
  // Encoders and decoders.
  ...(['encoder', 'decoder'] as const).flatMap((side): FactRow<InputNorm>[] => [
    {
      ids: ['t5gemma'],
      stack: `${side}.self`,
      fact: plusOne(`${side}.layers.{layer}.pre_self_attn_layernorm`),
    },
    {
      ids: ['t5', 'mt5', 'umt5'],
      stack: `${side}.self`,
      fact: gain(`${side}.block.{layer}.layer.0.layer_norm`),
    },
    {
      ids: ['bart'],
      stack: `${side}.self`,
      fact: previous(`${side}.layers.{layer}.final_layer_norm`, `${side}.layernorm_embedding`),
    },
    {
      ids: ['marian'],
      stack: `${side}.self`,
      fact: previous(`${side}.layers.{layer}.final_layer_norm`, { none: BARE }),
    },
    {
      ids: ['mbart', 'pegasus', 'm2m_100', 'blenderbot', 'whisper'],
      stack: `${side}.self`,
      fact: gain(`${side}.layers.{layer}.self_attn_layer_norm`),
    },
  ]),
  // Images and sound.
  {
    ids: ['vit', 'deit', 'beit', 'vit_mae', 'yolos', 'internvl_vision'],
    fact: gain('encoder.layer.{layer}.layernorm_before', 'layers.{layer}.layernorm_before'),
  },
  { ids: ['dinov2'], fact: gain('encoder.layer.{layer}.norm1') },
  { ids: ['dinov3_vit'], fact: gain('layer.{layer}.norm1') },
  { ids: ['swin'], fact: gain('encoder.layers.{stage}.blocks.{layer}.layernorm_before') },
  {
    ids: [
      'clip',
      'siglip',
      'clip_text_model',
      'clip_vision_model',
      'siglip_text_model',
      'siglip_vision_model',
      'gemma3',
    ],
    fact: gain('encoder.layers.{layer}.layer_norm1'),
  },
  {
    ids: [
      'qwen2_vl',
      'qwen2_5_vl',
      'qwen3_vl',
      'qwen3_vl_moe',
      'qwen3_5',
      'qwen3_5_moe',
      'glm4v',
      'glm4v_moe',
      'qwen2_5_omni',
      'qwen3_omni_moe',
    ],
    stack: 'vision.self',
    fact: gain('blocks.{layer}.norm1'),
  },
  {
    ids: ['wav2vec2', 'hubert', 'wavlm'],
    fact: (config) => (config.get('do_stable_layer_norm') === true ? STABLE : WAV2VEC2),
  },
];
