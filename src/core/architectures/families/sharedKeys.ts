// Rows of Gemma 3n and 4, whose last layers reuse earlier keys.
import { type Architecture, keysWithDefault, type Tower } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { llamaTower, TEXT_PREFIXES } from './llama.ts';
import { GROUPED_CONFIG, withHeads } from './towers.ts';

/**
 * Lists each layer's kind of attention as config.json gives it, or by the class's default: a full layer at every n-th.
 */
function layerTypes(config: ConfigReader, every: number, layers: number): unknown[] {
  const listed = config.get('layer_types');
  if (Array.isArray(listed)) return listed;
  return Array.from({ length: layers }, (_, layer) =>
    (layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention',
  );
}

interface SharingDefaults {
  /** In models without `layer_types`, every n-th layer sees all tokens. */
  readonly every: number;
  readonly layers: number;
  /** The class's default of `num_kv_shared_layers`. */
  readonly shared: number;
  /** The number where there is no config.json: what all releases of the type have, or NaN. */
  readonly withoutConfig: number;
}

/**
 * Makes the function that returns the layer whose keys a layer's queries meet: the last `num_kv_shared_layers` layers
 * reuse those of the last earlier layer of the same kind. NaN where config.json leaves it open. (transformers,
 * models/gemma3n/modeling_gemma3n.py and gemma4/modeling_gemma4.py: kv_shared_layer_index.)
 */
function keysOf({ every, layers, shared, withoutConfig }: SharingDefaults) {
  return (layer: number, config: ConfigReader): number => {
    const total = Number(config.get('num_hidden_layers') ?? layers);
    const isTold = config.get('num_hidden_layers') !== undefined;
    const first = total - Number(config.get('num_kv_shared_layers') ?? (isTold ? shared : withoutConfig));
    if (layer === 0 || layer < first) return layer;
    const source = layerTypes(config, every, total)
      .slice(0, first)
      .lastIndexOf(layerTypes(config, every, total)[layer]);
    return first > 0 && source >= 0 ? source : Number.NaN;
  };
}

/** E2B has 30 layers of which 10 share keys, E4B 35 and 15: in both the first 20 have keys. */
const GEMMA3N: SharingDefaults = { every: 5, layers: 35, shared: 15, withoutConfig: 15 };
const GEMMA4: SharingDefaults = { every: 6, layers: 30, shared: 0, withoutConfig: Number.NaN };

/**
 * Reads a number of Gemma 4, whose full layers have wider heads, and fewer key heads with `attention_k_eq_v`
 * (configuration_gemma4.py).
 */
function gemma4Number(key: string, globalKey: string, byDefault: number | undefined) {
  return (config: ConfigReader, layer: number): number | undefined => {
    const total = Number(config.get('num_hidden_layers') ?? GEMMA4.layers);
    const types = layerTypes(config, GEMMA4.every, total);
    // The class makes the last layer a full one, whatever the list says.
    const isFull = layer === total - 1 || types[layer] === 'full_attention';
    const value = isFull ? (config.get(globalKey) ?? byDefault) : undefined;
    const told = value ?? config.get(key);
    return typeof told === 'number' ? told : undefined;
  };
}

const isKeyValue = (config: ConfigReader) => config.get('attention_k_eq_v') === true;

function gemma4Tower(prefixes: readonly string[], scope?: string): Tower {
  const kvHeads = gemma4Number('num_key_value_heads', 'num_global_key_value_heads', undefined);
  const config = {
    ...withHeads(GROUPED_CONFIG, 8),
    ...(scope === undefined ? {} : { scope }),
    headDim: { keys: ['head_dim'], rule: gemma4Number('head_dim', 'global_head_dim', 512) },
    kvHeads: {
      keys: ['num_key_value_heads'],
      rule: (reader: ConfigReader, layer: number) =>
        isKeyValue(reader) ? kvHeads(reader, layer) : undefined,
    },
  };
  return {
    ...llamaTower(8, { prefixes, config }),
    keysOf: keysOf(GEMMA4),
  };
}

function gemma3nTower(prefixes: readonly string[], scope?: string): Tower {
  const config = { ...GROUPED_CONFIG, ...(scope === undefined ? {} : { scope }) };
  return { ...llamaTower(8, { prefixes, config }), keysOf: keysOf(GEMMA3N) };
}

const NESTED_PREFIXES = ['model.language_model.', 'language_model.model.', 'language_model.'];

/**
 * Gemma 3n's audio conformer (modeling_gemma3n.py, Gemma3nAudioAttention): its heads are `conf_num_attention_heads`.
 */
const gemma3nAudio: Tower = {
  stack: 'audio.self',
  prefixes: ['model.audio_tower.', 'audio_tower.'],
  tensors: {
    kind: 'separate',
    q: ['conformer.{layer}.attention.attn.q_proj.weight'],
    k: ['conformer.{layer}.attention.attn.k_proj.weight'],
  },
  config: {
    scope: 'audio_config',
    heads: keysWithDefault(8, 'conf_num_attention_heads'),
    layers: { keys: ['conf_num_hidden_layers'] },
    width: { keys: ['hidden_size'] },
  },
};

/** Gemma 4's vision tower: its projections are wrapped, and clipped at run time (Gemma4ClippableLinear). */
const gemma4Vision: Tower = {
  stack: 'vision.self',
  prefixes: ['model.vision_tower.', 'vision_tower.'],
  tensors: {
    kind: 'separate',
    q: ['encoder.layers.{layer}.self_attn.q_proj.linear.weight'],
    k: ['encoder.layers.{layer}.self_attn.k_proj.linear.weight'],
    o: ['encoder.layers.{layer}.self_attn.o_proj.linear.weight'],
  },
  config: { ...withHeads(GROUPED_CONFIG, 12), scope: 'vision_config' },
};

/** Alternating updates between layers: only Gemma 3n has them. */
const GEMMA3N_SIGN = 'layers.{layer}.altup.correction_coefs.weight';

/** Models whose last layers have no keys, or whose layers differ in their heads. */
export const SHARED_KEYS: readonly Architecture[] = [
  { id: 'gemma3n_text', towers: [gemma3nTower(TEXT_PREFIXES)], signatureTensors: [GEMMA3N_SIGN] },
  {
    id: 'gemma3n',
    towers: [{ ...gemma3nTower(NESTED_PREFIXES, 'text_config'), stack: 'text.self' }, gemma3nAudio],
  },
  {
    id: 'gemma4_text',
    aliases: ['gemma4_unified_text'],
    towers: [gemma4Tower(TEXT_PREFIXES)],
    signatureTensors: ['layers.{layer}.layer_scalar'],
  },
  {
    id: 'gemma4',
    aliases: ['gemma4_unified'],
    towers: [{ ...gemma4Tower(NESTED_PREFIXES, 'text_config'), stack: 'text.self' }, gemma4Vision],
  },
];
