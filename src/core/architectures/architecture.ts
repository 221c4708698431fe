import type { ConfigNumber, ConfigReader } from './configReader.ts';
import type { AttentionFacts } from './facts/types.ts';
import type { FusedSplit } from './fusedSplit.ts';

/**
 * A registry row: what one model type calls its query and key weights, and how their rows fall into heads. Names are
 * templates ("h.{layer}.attn.c_attn.weight"), matched whole, never by their ending, after one of the tower's prefixes.
 */
export interface Architecture {
  /** The model_type of config.json; for GGUF "gguf". */
  readonly id: string;
  /** Other model types with the very same names and layout. */
  readonly aliases?: readonly string[];
  /** One for each kind of attention: most models have one, BART three (encoder, decoder, cross). */
  readonly towers: readonly Tower[];
  /** Models made of models: their towers are those of the rows that the nested configs name. */
  readonly parts?: readonly Part[];
  /**
   * Templates of tensors that this model has and others with the same attention names don't. Where config.json is
   * missing, they tell rows with different layouts apart.
   */
  readonly signatureTensors?: readonly string[];
  /**
   * Keys that, together, only a config of this model has, where its configs name no model type (nanoGPT's
   * model_args).
   */
  readonly signatureKeys?: readonly string[];
  /** Why a model of this type can't be scored: it has no attention. Then `towers` is empty and `signs` name it. */
  readonly refusal?: string;
}

export interface Tower {
  /** "self", "encoder.self", "decoder.cross", "vision.self", … (product's names; see the README). */
  readonly stack: string;
  readonly prefixes: readonly string[];
  readonly tensors: SeparateTensors | FusedTensors | LatentTensors;
  readonly config: HeadConfig;
  /** Tensors whose size tells heads or dh where config.json doesn't. */
  readonly hints?: readonly HeadHint[];
  /**
   * The layer whose keys a layer's queries meet, where layers reuse an earlier one's (Gemma 3n's
   * num_kv_shared_layers): its own number where it has keys of its own. Absent: always its own.
   */
  readonly keysOf?: (layer: number, config: ConfigReader) => number;
  /**
   * Other kinds of attention that single layers of the model have under the same names: a tensor that only such a
   * layer has, and what it is called ("linear attention (KDA)"). Such layers are hatched by this name.
   */
  readonly otherAttention?: readonly { readonly sign: string; readonly name: string }[];
  /**
   * The same by config.json (layer_types): the kind's name for a layer of another kind, undefined for one of this
   * kind.
   */
  readonly isOther?: (layer: number, config: ConfigReader) => string | undefined;
  /**
   * What layers beyond those that config.json counts do ("predicts further tokens"); absent where the type has none.
   */
  readonly extraLayers?: string;
  /** True where most models of the type don't have it: a decoder's cross-attention, other names of the same tensors. */
  readonly optional?: boolean;
  /** Which layers use the n-th stored block, where blocks are shared (ALBERT). `blocks` is how many are stored. */
  readonly usedBy?: (block: number, blocks: number, config: ConfigReader) => readonly number[];
  /** What the model does around its Wq and Wk; the registry puts it here. */
  readonly attention?: AttentionFacts;
  /** A sentence shown with the scores: what this tower's numbers mean that others' don't. */
  readonly note?: string;
}

/** Wq and Wk each in a tensor of its own. Later templates are other names of the same thing (transformers 5). */
export interface SeparateTensors {
  readonly kind: 'separate';
  readonly q: readonly string[];
  readonly k: readonly string[];
  /** The output projection, [d, heads · dh]: its width checks the head rows of Wq. */
  readonly o?: readonly string[];
  readonly orientation?: Orientation;
  /** The query tensor is [heads, 2, dh]: each head's query rows, then its gate's. */
  readonly gated?: boolean;
  /** The key tensor holds [K | V]. */
  readonly withValues?: boolean;
}

/** One tensor holds q, k and v. */
export interface FusedTensors {
  readonly kind: 'fused';
  readonly qkv: readonly string[];
  readonly o?: readonly string[];
  readonly orientation?: Orientation;
  /**
   * How its output features are divided; a function where config.json decides (Falcon). Null: not known, or the
   * tensor's shape contradicts it, so it is asked.
   */
  readonly split: FusedSplit | ((config: ConfigReader, shape: FusedShape) => FusedSplit | null);
  /** True where the name is a library's own and stands for this order whatever the model: torch's in_proj_weight. */
  readonly isStandard?: true;
}

/** The shape of a tensor of q, k and v. */
export interface FusedShape {
  /** Output features: rows of q, k and v together. */
  readonly features: number;
  readonly inputs: number;
}

/** Multi-head latent attention (DeepSeek-V2): Wq and Wk as products of low-rank factors. */
export interface LatentTensors {
  readonly kind: 'latent';
  /** [heads · (nope + rope), d], where queries aren't compressed. */
  readonly q: readonly string[];
  /** [qRank, d], [qRank], [heads · (nope + rope), qRank]. */
  readonly qA: readonly string[];
  readonly qNorm: readonly string[];
  readonly qB: readonly string[];
  /** [kvRank + rope, d], [kvRank], [heads · (nope + v), kvRank]. */
  readonly kvA: readonly string[];
  readonly kvNorm: readonly string[];
  readonly kvB: readonly string[];
  /**
   * In place of kvB: the keys' part alone, one matrix per head, transposed: [heads, kvRank, nope] (newer GGUF
   * files).
   */
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

/** Where config.json tells the numbers. Keys are tried in order and may be dotted ("attn_config.kv_n_heads"). */
export interface HeadConfig {
  /** The nested object to look in ("text_config"); the top level where it isn't there. */
  readonly scope?: string;
  readonly heads: ConfigNumber;
  /** Absent: as many as heads. */
  readonly kvHeads?: ConfigNumber;
  readonly headDim?: ConfigNumber;
  /** The width of what the projections read, d; absent where config.json doesn't tell it (Swin's stages, Zamba). */
  readonly width?: ConfigNumber;
  readonly layers: ConfigNumber;
}

/** A tensor whose size tells the head split. */
export interface HeadHint {
  readonly tensor: string;
  readonly axis: number;
  /** Dimensions it must have to tell this: Cohere's norms are [heads, dh], others' [dh]. */
  readonly rank?: number;
  /** 'half-head-dim': rotary frequencies, dh / 2 of them. */
  readonly determines: 'heads' | 'head-dim' | 'half-head-dim';
}

/** A model inside a model. */
export interface Part {
  /** The nested config that names its type: "text_config". */
  readonly scope: string;
  /** Before its stacks' names: "text". */
  readonly modality: string;
  /** Before its tensors' names, in place of the inner row's own prefixes. */
  readonly prefixes: readonly string[];
  /** Where the nested config names no model_type. */
  readonly missing?: string;
}

/** The common case of a number under some keys. */
export function keys(...names: readonly string[]): ConfigNumber {
  return { keys: names };
}

/** The same with the library's default. */
export function keysWithDefault(
  missing: number | readonly number[],
  ...names: readonly string[]
): ConfigNumber {
  return { keys: names, missing };
}
