// The rotary positions, by model type.
import type { ConfigReader } from '../configReader.ts';
import type { FactRow, LayerKind, Positions, Refused, RotaryFacts } from './types.ts';

const refused = (why: string): Refused => ({ kind: 'refused', why });

const rope = (pairing: RotaryFacts['pairing'], more: Partial<RotaryFacts> = {}): RotaryFacts => ({
  kind: 'rope',
  pairing,
  theta: ['rope_theta'],
  ...more,
});
/** Describes models in which only a share of each head's features turns. */
const partial = (byDefault?: number): Partial<RotaryFacts> => ({
  share: {
    keys: ['partial_rotary_factor', 'rotary_pct', 'rope_pct'],
    ...(byDefault === undefined ? {} : { default: byDefault }),
  },
});
/** Gives the base that the library assumes where config.json doesn't give one. */
const at = (defaultTheta: number): Partial<RotaryFacts> => ({ defaultTheta });
/** Gives a base that is fixed in the model's code. */
const fixed = (theta: number): Partial<RotaryFacts> => ({ theta: [], defaultTheta: theta });

/** Decides a layer's kind by `layer_types`, or by how often a layer without a window occurs (Gemma 3, Cohere 2). */
function windowed(keys: readonly string[], byDefault?: number) {
  return (config: ConfigReader, layer: number): LayerKind | Refused => {
    const type = listed(config.get('layer_types'), layer);
    if (type === 'full_attention' || type === 'sliding_attention') return type;
    const told = keys.map((key) => config.get(key)).find((value) => value !== undefined) ?? byDefault;
    if (typeof told !== 'number' || !(told >= 1))
      return refused(
        `${config.name} doesn’t say which layers have a sliding window, where positions differ.`,
      );
    return (layer + 1) % told === 0 ? 'full_attention' : 'sliding_attention';
  };
}

/** Describes models in which only layers with a sliding window have positions. */
function onlySliding(kindOf: ReturnType<typeof windowed>, hasWindow: (config: ConfigReader) => boolean) {
  return (config: ConfigReader, layer: number): LayerKind | Refused => {
    if (!hasWindow(config)) return 'full_attention';
    const kind = kindOf(config, layer);
    return kind === 'full_attention' ? 'none' : kind;
  };
}

/**
 * Reads `no_rope_layers`, which lists 1 for layers with positions; where it is absent, every fourth layer has none
 * (SmolLM3, Llama 4).
 */
function withoutSome(config: ConfigReader, layer: number): LayerKind {
  const list = config.get('no_rope_layers');
  const told = Array.isArray(list) && list.length > 0 ? listed(list, layer) : undefined;
  const interval = Number(config.get('no_rope_layer_interval') ?? 4);
  const turns = told === undefined ? (layer + 1) % interval !== 0 : told === 1 || told === true;
  return turns ? 'full_attention' : 'none';
}

/** Describes ModernBERT: every third layer sees all tokens, the others a window with different frequencies. */
function everyNth(config: ConfigReader, layer: number): LayerKind {
  const type = listed(config.get('layer_types'), layer);
  if (type === 'full_attention' || type === 'sliding_attention') return type;
  const every = Number(config.get('global_attn_every_n_layers') ?? 3);
  return layer % every === 0 ? 'full_attention' : 'sliding_attention';
}

function listed(list: unknown, layer: number): unknown {
  return Array.isArray(list) ? list[layer] : undefined;
}

const HALF = rope('half');
const LEARNT = refused('This model adds positions to its input: its queries and keys aren’t rotated.');
const ALIBI = refused(
  'This model encodes distance with ALiBi’s biases: its queries and keys aren’t rotated.',
);
const BIASED = refused(
  'This model encodes distance with learnt biases: its queries and keys aren’t rotated.',
);
const NONE = refused('This model’s attention has no positions.');
const PLANE = refused(
  'This model’s positions lie in a plane: one offset Δ doesn’t name a rotation of its queries and keys.',
);
const LATENT = refused(
  'Latent attention rotates a part of each head whose size beside the rest depends on the token: one M for all offsets isn’t defined by the weights.',
);

/**
 * Rotary positions by the modelling files of the transformers library; a type that isn't listed isn't known, and
 * rotation is refused. Defaults are given only where they are certain; elsewhere config.json must give the number.
 */
export const POSITIONS: readonly FactRow<Positions>[] = [
  {
    ids: ['llama', 'mistral', 'qwen2', 'qwen2_moe', 'qwen3', 'qwen3_moe', 'gemma', 'gemma2', 'olmo', 'olmo2'],
    fact: rope('half', at(10_000)),
  },
  { ids: ['mixtral', 'phimoe'], fact: rope('half', at(1_000_000)) },
  {
    ids: [
      'ministral',
      'vaultgemma',
      'olmo3',
      'olmoe',
      'granite',
      'granitemoe',
      'starcoder2',
      'arcee',
      'seed_oss',
      'bitnet',
      'falcon_h1',
      'hunyuan_v1_dense',
      'gpt_oss',
      'lfm2',
      'eurobert',
      'internlm2',
      'exaone',
      'gte',
    ],
    fact: HALF,
  },
  { ids: ['dbrx'], fact: rope('half', { theta: ['attn_config.rope_theta'] }) },
  ...['mllama', 'qwen2_vl', 'qwen2_5_vl', 'qwen3_vl'].map(
    (id): FactRow<Positions> => ({ ids: [id], stack: 'text.self', fact: HALF }),
  ),
  {
    ids: ['falcon'],
    fact: rope('half', {
      ...at(10_000),
      refuse: (config) => (config.get('alibi') === true ? ALIBI.why : null),
    }),
  },
  {
    ids: ['gpt_neox'],
    fact: rope('half', { theta: ['rotary_emb_base', 'rope_theta'], ...at(10_000), ...partial(0.25) }),
  },
  { ids: ['phi', 'nemotron', 'recurrent_gemma'], fact: rope('half', { ...at(10_000), ...partial(0.5) }) },
  { ids: ['phi3'], fact: rope('half', { ...at(10_000), ...partial(1) }) },
  { ids: ['stablelm'], fact: rope('half', { ...at(10_000), ...partial(0.25) }) },
  { ids: ['persimmon', 'bamba', 'glm4_moe'], fact: rope('half', partial(0.5)) },
  { ids: ['qwen3_next', 'qwen3_5_text'], fact: rope('half', partial(0.25)) },
  {
    ids: ['qwen'],
    fact: rope('half', {
      theta: ['rotary_emb_base'],
      ...partial(1),
      refuse: (config) =>
        config.get('use_dynamic_ntk') === true
          ? 'This model’s frequencies change with the length of the text (use_dynamic_ntk).'
          : null,
    }),
  },
  {
    ids: ['gptj', 'codegen'],
    fact: rope('interleaved', { ...fixed(10_000), dims: { keys: ['rotary_dim'], default: 64 } }),
  },
  { ids: ['cohere'], fact: rope('interleaved', at(10_000)) },
  { ids: ['ernie4_5', 'helium'], fact: rope('interleaved') },
  { ids: ['glm', 'glm4'], fact: rope('interleaved', { ...at(10_000), ...partial(0.5) }) },
  { ids: ['roformer'], fact: rope('interleaved', fixed(10_000)) },
  {
    ids: ['cohere2'],
    fact: rope('interleaved', {
      layerKind: onlySliding(windowed(['sliding_window_pattern']), () => true),
    }),
  },
  {
    ids: ['exaone4'],
    fact: rope('half', {
      layerKind: onlySliding(windowed([]), (config) => typeof config.get('sliding_window') === 'number'),
    }),
  },
  { ids: ['smollm3'], fact: rope('half', { layerKind: withoutSome }) },
  { ids: ['llama4_text'], fact: rope('interleaved', { layerKind: withoutSome }) },
  { ids: ['llama4'], stack: 'text.self', fact: rope('interleaved', { layerKind: withoutSome }) },
  ...(
    [
      ['gemma3_text', undefined],
      ['gemma3', 'text.self'],
    ] as const
  ).map(
    ([id, stack]): FactRow<Positions> => ({
      ids: [id],
      ...(stack === undefined ? {} : { stack }),
      fact: rope('half', {
        ...at(1_000_000),
        slidingTheta: { keys: ['rope_local_base_freq'], default: 10_000 },
        layerKind: windowed(['sliding_window_pattern', '_sliding_window_pattern'], 6),
      }),
    }),
  ),
  {
    ids: ['modernbert', 'modernbert-decoder'],
    fact: rope('half', {
      theta: ['global_rope_theta'],
      ...at(160_000),
      // models/modernbert/modeling_modernbert.py: “if config.local_rope_theta is not None”.
      slidingTheta: { keys: ['local_rope_theta'], default: 10_000, nullIsTheta: true },
      layerKind: everyNth,
    }),
  },
  {
    ids: ['esm'],
    stack: 'self',
    fact: rope('half', {
      ...fixed(10_000),
      refuse: (config) => (config.get('position_embedding_type') === 'rotary' ? null : LEARNT.why),
    }),
  },
  {
    ids: ['nomic_bert'],
    fact: rope((config) => (config.get('rotary_emb_interleaved') === true ? 'interleaved' : 'half'), {
      theta: ['rotary_emb_base'],
      share: { keys: ['rotary_emb_fraction'] },
      refuse: (config) =>
        (config.get('rotary_emb_scale_base') ?? null) === null &&
        (config.get('rotary_scaling_factor') ?? null) === null
          ? null
          : 'This model scales its frequencies in a way that QKScope doesn’t compute.',
    }),
  },
  {
    ids: [
      'deepseek_v2',
      'deepseek_v3',
      'deepseek_v32',
      'glm4_moe_lite',
      'glm_moe_dsa',
      'kimi_linear',
      'minicpm3',
      'mistral4',
      'youtu',
    ],
    fact: LATENT,
  },
  { ids: ['dinov3_vit', 'pixtral'], fact: PLANE },
  ...['llama4', 'qwen2_vl', 'qwen2_5_vl', 'qwen3_vl'].map(
    (id): FactRow<Positions> => ({ ids: [id], stack: 'vision.self', fact: PLANE }),
  ),
  { ids: ['bloom', 'mpt'], fact: ALIBI },
  { ids: ['jamba', 'zamba', 'nemotron_h'], fact: NONE },
  {
    ids: ['t5', 'mt5', 'umt5', 'swin', 'deberta', 'deberta-v2', 'xlnet', 'mpnet', 'wavlm', 'beit'],
    fact: BIASED,
  },
  {
    ids: [
      'albert',
      'bart',
      'bert',
      'big_bird',
      'biogpt',
      'blenderbot',
      'camembert',
      'clip',
      'clip_text_model',
      'clip_vision_model',
      'ctrl',
      'data2vec-text',
      'deit',
      'dinov2',
      'distilbert',
      'electra',
      'ernie',
      'gemma3',
      'gpt2',
      'gpt_bigcode',
      'gpt_neo',
      'hubert',
      'imagegpt',
      'internvl_vision',
      'layoutlm',
      'longformer',
      'm2m_100',
      'marian',
      'mbart',
      'mllama',
      'openai-gpt',
      'opt',
      'pegasus',
      'rembert',
      'roberta',
      'siglip',
      'siglip_text_model',
      'siglip_vision_model',
      'trocr',
      'vit',
      'vit_mae',
      'wav2vec2',
      'whisper',
      'xglm',
      'xlm-roberta',
      'xlm-roberta-xl',
      'xmod',
      'yolos',
    ],
    fact: LEARNT,
  },
];
