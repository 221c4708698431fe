import type { AttentionFacts } from './facts/attentionFacts.ts';
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
  readonly signs?: readonly string[];
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
  /** True where layers may differ in shape (Swin's stages); elsewhere a layer unlike the others is refused. */
  readonly varies?: boolean;
  /** True where most models of the type don't have it: a decoder's cross-attention, other names of the same tensors. */
  readonly optional?: boolean;
  /** Which layers use the n-th stored block, where blocks are shared (ALBERT). `blocks` is how many are stored. */
  readonly usedBy?: (block: number, blocks: number, config: ConfigReader) => readonly number[];
  /** The layer whose keys this layer's queries meet: its own, but for models whose last layers reuse earlier keys (Gemma 3n). */
  readonly keysOf?: (layer: number, config: ConfigReader) => number;
  /** Layers that are no softmax attention although their names match: told by a tensor that only they have. */
  readonly otherAttention?: readonly {
    /** A template such as 'layers.{layer}.self_attn.q_conv1d.weight', after the tower's prefix. */
    readonly sign: string;
    /** 'linear attention (KDA)' */
    readonly name: string;
  }[];
  /** The same by config.json: the kind's name, or undefined where the layer is softmax attention. */
  readonly isOther?: (layer: number, config: ConfigReader) => string | undefined;
  /** What layers beyond those that config.json counts do, as the end of a sentence: 'predicts further tokens'. Absent: there are none. */
  readonly extraLayers?: string;
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
  /** How its output features are divided; a function where config.json decides (Falcon). */
  readonly split: FusedSplit | ((config: ConfigReader) => FusedSplit);
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
  /** In place of kvB: the keys' part alone, one matrix per head, transposed: [heads, kvRank, nope] (newer GGUF files). */
  readonly kB?: readonly string[];
  readonly o: readonly string[];
}

/**
 * Of the stored tensor: 'out_in' is nn.Linear, [out, in] (the default); 'in_out' is Conv1D, [in, out]; 'in_head_dim' is
 * XLNet's [in, heads, dh].
 */
export type Orientation = 'out_in' | 'in_out' | 'in_head_dim';

/** Where config.json tells the numbers. Keys are tried in order and may be dotted ("attn_config.kv_n_heads"). */
export interface HeadConfig {
  /** The nested object to look in ("text_config"); the top level where it isn't there. */
  readonly scope?: string;
  readonly heads: ConfigNumber;
  /** Absent: as many as heads. */
  readonly kvHeads?: ConfigNumber;
  readonly headDim?: ConfigNumber;
  readonly layers: ConfigNumber;
  /** The width of what the projections read; absent where that isn't the model's width. */
  readonly width?: ConfigNumber;
}

export interface ConfigNumber {
  readonly keys: readonly string[];
  /** What the transformers library takes where the key is absent: used only when config.json names this very model type. */
  readonly missing?: number | readonly number[];
  /** Overrules all: the number follows from other entries of config.json. Undefined: ask the keys. */
  readonly rule?: (config: ConfigReader, layer: number) => number | undefined;
  /** True where a list under a key has one number for each layer (or stage). */
  readonly perLayer?: true;
}

/** A tensor whose size tells the head split. */
export interface HeadHint {
  readonly tensor: string;
  readonly axis: number;
  /** Dimensions it must have to tell this: Cohere's norms are [heads, dh], others' [dh]. */
  readonly rank?: number;
  /** 'half-head-dim': rotary frequencies, dh / 2 of them. */
  readonly tells: 'heads' | 'head-dim' | 'half-head-dim';
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

/** config.json, as rows ask it: a dotted path inside the tower's scope. */
export interface ConfigReader {
  get(path: string): unknown;
}

/** The common case of a number under some keys. */
export function keys(...names: readonly string[]): ConfigNumber {
  return { keys: names };
}

/** The same with the library's default. */
export function keysOr(missing: number | readonly number[], ...names: readonly string[]): ConfigNumber {
  return { keys: names, missing };
}
