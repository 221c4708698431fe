// The types of a registry row: how one model type names and divides its query and key weights.
import type { ConfigNumber, ConfigReader } from './configReader.ts';
import type { AttentionFacts } from './facts/types.ts';
import type { FusedSplit } from './fusedSplit.ts';

/**
 * A registry row: how one model type names its query and key weights, and how their rows divide into heads. Names are
 * templates ("h.{layer}.attn.c_attn.weight") that match a whole name, never its end, after one of the tower's prefixes.
 */
export interface Architecture {
  /** The model_type of config.json; "gguf" for GGUF. */
  readonly id: string;
  /** Other model types with the same names and the same layout. */
  readonly aliases?: readonly string[];
  /** One tower for each kind of attention: most models have one, BART three (encoder, decoder, cross). */
  readonly towers: readonly Tower[];
  /** The parts of a model made of several models: its towers are those of the rows that nested configs name. */
  readonly parts?: readonly Part[];
  /**
   * Templates of tensors that this model has, unlike others with the same attention names. They distinguish rows of
   * different layouts where config.json is missing.
   */
  readonly signatureTensors?: readonly string[];
  /** Keys that together occur only in a config of this model, where no model type is named (nanoGPT's model_args). */
  readonly signatureKeys?: readonly string[];
  /**
   * The reason why a model of this type can't be scored: it has no attention. `towers` is then empty, and
   * `signatureTensors` identify the type.
   */
  readonly refusal?: string;
}

export interface Tower {
  /** The stack's name: "self", "encoder.self", "decoder.cross", "vision.self", … */
  readonly stack: string;
  readonly prefixes: readonly string[];
  readonly tensors: SeparateTensors | FusedTensors | LatentTensors;
  readonly config: HeadConfig;
  /** Tensors whose size determines heads or dh where config.json doesn't. */
  readonly hints?: readonly HeadHint[];
  /**
   * Returns the layer whose keys a layer's queries meet, where layers reuse those of an earlier one (Gemma 3n's
   * num_kv_shared_layers). Absent: every layer uses its own keys.
   */
  readonly keysOf?: (layer: number, config: ConfigReader) => number;
  /**
   * Other kinds of attention that single layers of the model have under the same names: a tensor that only such a layer
   * has, with the kind's name ("linear attention (KDA)"). Such layers are hatched under this name.
   */
  readonly otherAttention?: readonly { readonly sign: string; readonly name: string }[];
  /** Returns the name of the other kind according to config.json (layer_types); undefined for a layer of this kind. */
  readonly isOther?: (layer: number, config: ConfigReader) => string | undefined;
  /** Says what layers beyond those that config.json counts do ("predicts further tokens"); absent where the type has none. */
  readonly extraLayers?: string;
  /** True where most models of the type lack it: a decoder's cross-attention, or other names of the same tensors. */
  readonly optional?: boolean;
  /** Returns the layers that use the n-th of `blocks` stored blocks, where blocks are shared (ALBERT). */
  readonly usedBy?: (block: number, blocks: number, config: ConfigReader) => readonly number[];
  /** Describes what the model computes around its Wq and Wk; the registry fills it in. */
  readonly attention?: AttentionFacts;
  /** A sentence shown with the scores that says what the numbers of this tower mean, where they differ from others. */
  readonly note?: string;
}

/** Wq and Wk in separate tensors. Later templates are other names of the same tensor (transformers 5). */
export interface SeparateTensors {
  readonly kind: 'separate';
  readonly q: readonly string[];
  readonly k: readonly string[];
  /** The output projection, [d, heads · dh], whose width checks the head rows of Wq. */
  readonly o?: readonly string[];
  readonly orientation?: Orientation;
  /** True where the query tensor is [heads, 2, dh]: each head's query rows, then its gate's. */
  readonly gated?: boolean;
  /** True where the key tensor holds [K | V]. */
  readonly withValues?: boolean;
}

/** One tensor that holds q, k and v. */
export interface FusedTensors {
  readonly kind: 'fused';
  readonly qkv: readonly string[];
  readonly o?: readonly string[];
  readonly orientation?: Orientation;
  /**
   * The division of its output features; a function where config.json decides (Falcon). Null: it isn't known, or the
   * tensor's shape contradicts it, so the page asks.
   */
  readonly split: FusedSplit | ((config: ConfigReader, shape: FusedShape) => FusedSplit | null);
  /** True where the name belongs to a library and implies this order in every model: torch's in_proj_weight. */
  readonly isStandard?: true;
}

/** The shape of a tensor of q, k and v. */
export interface FusedShape {
  /** The number of output features: rows of q, k and v together. */
  readonly features: number;
  readonly inputs: number;
}

/** Multi-head latent attention (DeepSeek-V2): Wq and Wk as products of low-rank factors. */
export interface LatentTensors {
  readonly kind: 'latent';
  /** The query projection [heads · (nope + rope), d], where queries aren't compressed. */
  readonly q: readonly string[];
  /** The compressed queries: [qRank, d], [qRank], [heads · (nope + rope), qRank]. */
  readonly qA: readonly string[];
  readonly qNorm: readonly string[];
  readonly qB: readonly string[];
  /** The compressed keys and values: [kvRank + rope, d], [kvRank], [heads · (nope + v), kvRank]. */
  readonly kvA: readonly string[];
  readonly kvNorm: readonly string[];
  readonly kvB: readonly string[];
  /** The keys' part alone in place of kvB, one transposed matrix per head: [heads, kvRank, nope] (newer GGUF files). */
  readonly kB?: readonly string[];
  readonly o: readonly string[];
}

/**
 * The axes of a stored tensor: 'out_in' is nn.Linear, [out, in] (the default); 'in_out' is Conv1D, [in, out];
 * 'in_head_dim' is XLNet's and Keras' [in, heads, dh]; 'head_in_dim' is TransformerLens' [heads, in, dh];
 * 'head_dim_in' is [heads, dh, in].
 */
export type Orientation = (typeof ORIENTATIONS)[number];
export const ORIENTATIONS = ['out_in', 'in_out', 'head_in_dim', 'head_dim_in', 'in_head_dim'] as const;

/** The keys of config.json that give the numbers, tried in order; they may be dotted ("attn_config.kv_n_heads"). */
export interface HeadConfig {
  /** The nested object to read ("text_config"); the top level where that object is absent. */
  readonly scope?: string;
  readonly heads: ConfigNumber;
  /** The number of key heads; absent where it always equals the number of heads. */
  readonly kvHeads?: ConfigNumber;
  readonly headDim?: ConfigNumber;
  /** d, the width of the projections' input; absent where config.json doesn't give it (Swin's stages, Zamba). */
  readonly width?: ConfigNumber;
  readonly layers: ConfigNumber;
}

/** A tensor whose size determines the head split. */
export interface HeadHint {
  readonly tensor: string;
  readonly axis: number;
  /** The number of dimensions that the tensor must have: Cohere's norms are [heads, dh], others' [dh]. */
  readonly rank?: number;
  /** The number that the size determines; 'half-head-dim' is for rotary frequencies, of which there are dh / 2. */
  readonly determines: 'heads' | 'head-dim' | 'half-head-dim';
}

/** A model that is part of a larger model. */
export interface Part {
  /** The nested config that names its type: "text_config". */
  readonly scope: string;
  /** The prefix of its stacks' names: "text". */
  readonly modality: string;
  /** The prefixes of its tensors' names, in place of those of the inner row. */
  readonly prefixes: readonly string[];
  /** The model type where the nested config names none. */
  readonly default?: string;
}

/** Makes the common case of a number under some keys. */
export function keys(...names: readonly string[]): ConfigNumber {
  return { keys: names };
}

/** Makes a number under some keys with the library's default. */
export function keysWithDefault(
  byDefault: number | readonly number[],
  ...names: readonly string[]
): ConfigNumber {
  return { keys: names, default: byDefault };
}
