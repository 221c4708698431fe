import type { ConfigReader } from '../configReader.ts';

/** What a model type does around its Wq and Wk: needed for conventions other than raw. Absent: not known. */
export interface AttentionFacts {
  readonly inputNorm?: InputNorm;
  readonly headNorm?: HeadNorm;
  readonly positions?: Positions;
}

/** Something that this model doesn't have, or that can't be folded, in one sentence. */
export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

/**
 * The norm whose output is the attention's input. Names are templates after the tower's prefix; the first that is
 * there counts.
 */
export interface GainNorm {
  readonly kind: 'gain';
  readonly names: readonly string[];
  /** In the first layer, where it is another; a string says why there is none. */
  readonly first?: readonly string[] | string;
  /** True where the norm that counts is the layer before's: `names` are then filled with its number. */
  readonly ofPrevious?: boolean;
  /** Multiplies by 1 + weight. */
  readonly plusOne?: boolean;
}

export type InputNorm = GainNorm | Refused | ((config: ConfigReader) => GainNorm | Refused);

/** The norms of queries and keys inside each head, or over all of them: [dh], [heads · dh] or [heads, dh]. */
export type HeadNorm =
  | {
      readonly kind: 'gain';
      readonly q: string;
      readonly k: string;
      readonly plusOne?: boolean;
      /** True where models of the type may go without. */
      readonly optional?: boolean;
    }
  | { readonly kind: 'none' }
  | Refused;

/** Rotary positions, and where config.json has their numbers; or why there are none to apply. */
export interface RotaryFacts {
  readonly kind: 'rope';
  readonly pairing: 'half' | 'interleaved' | ((config: ConfigReader) => 'half' | 'interleaved');
  /** Keys of the base of the frequencies. */
  readonly theta: readonly string[];
  /** What the transformers library takes where the key is absent. */
  readonly missingTheta?: number;
  /** Keys of the share of a head's features that turn; absent: all. */
  readonly share?: { readonly keys: readonly string[]; readonly missing?: number };
  /** Keys of their number; null there, or no default: all. */
  readonly dims?: { readonly keys: readonly string[]; readonly missing?: number };
  /** Which positions a layer has; absent: all layers alike. */
  readonly layerKind?: (config: ConfigReader, layer: number) => LayerKind | Refused;
  /** Theta's keys of layers with a sliding window, where they have their own; no scaling there. */
  readonly slidingTheta?: {
    readonly keys: readonly string[];
    readonly missing?: number;
    /** A null in config.json means the other layers' theta. */
    readonly nullIsTheta?: boolean;
  };
  /** Tensors whose presence changes the frequencies in a way that isn't computed here. */
  readonly unlessTensors?: readonly string[];
  /** Why this very model has none, or others. */
  readonly refuse?: (config: ConfigReader) => string | null;
}

/** `none`: a layer without positions, in which nothing turns. */
export type LayerKind = 'full_attention' | 'sliding_attention' | 'none';

export type Positions = RotaryFacts | Refused;

/** A concern's facts of some model types; of one stack, where its stacks differ. */
export interface FactRow<T> {
  readonly ids: readonly string[];
  readonly stack?: string;
  readonly fact: T;
}
