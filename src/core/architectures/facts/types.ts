// The types of the facts about attention that conventions need.
import type { ConfigReader } from '../configReader.ts';

/** What a model type computes around its Wq and Wk, which conventions other than raw need. A fact that isn't known is absent. */
export interface AttentionFacts {
  readonly inputNorm?: InputNorm;
  readonly headNorm?: HeadNorm;
  readonly positions?: Positions;
}

/** The reason why this model lacks something, or why it can't be folded, in one sentence. */
export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

/**
 * The norm whose output is the attention's input. Names are templates after the tower's prefix; the first that exists
 * counts.
 */
export interface GainNorm {
  readonly kind: 'gain';
  readonly names: readonly string[];
  /** The norm of the first layer, where it differs; a string gives the reason why there is none. */
  readonly first?: readonly string[] | string;
  /** True where the norm belongs to the previous layer: `names` are then filled with its number. */
  readonly ofPrevious?: boolean;
  /** True where the norm multiplies by 1 + weight. */
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
      /** True where some models of the type lack it. */
      readonly optional?: boolean;
    }
  | { readonly kind: 'none' }
  | Refused;

/** Rotary positions, and the keys of their numbers in config.json; or the reason why there are none to apply. */
export interface RotaryFacts {
  readonly kind: 'rope';
  readonly pairing: 'half' | 'interleaved' | ((config: ConfigReader) => 'half' | 'interleaved');
  /** The keys of the base of the frequencies. */
  readonly theta: readonly string[];
  /** The base that the transformers library assumes where the key is absent. */
  readonly defaultTheta?: number;
  /** The keys of the share of a head's features that turn; absent: all turn. */
  readonly share?: { readonly keys: readonly string[]; readonly default?: number };
  /** The keys of the number of features that turn; null there, or no default: all turn. */
  readonly dims?: { readonly keys: readonly string[]; readonly default?: number };
  /** Returns which positions a layer has; absent: all layers are alike. */
  readonly layerKind?: (config: ConfigReader, layer: number) => LayerKind | Refused;
  /** The keys of theta for layers with a sliding window, where those have a separate one, without scaling. */
  readonly slidingTheta?: {
    readonly keys: readonly string[];
    readonly default?: number;
    /** True where null in config.json means the other layers' theta. */
    readonly nullIsTheta?: boolean;
  };
  /** Tensors whose presence changes the frequencies in a way that isn't implemented. */
  readonly unlessTensors?: readonly string[];
  /** Returns the reason why this particular model has none, or different ones. */
  readonly refuse?: (config: ConfigReader) => string | null;
}

/** The kind of a layer's positions; `none` is a layer in which nothing turns. */
export type LayerKind = 'full_attention' | 'sliding_attention' | 'none';

export type Positions = RotaryFacts | Refused;

/** The facts of some model types about one subject; limited to one stack where their stacks differ. */
export interface FactRow<T> {
  readonly ids: readonly string[];
  readonly stack?: string;
  readonly fact: T;
}
