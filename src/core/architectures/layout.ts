import type { Rotation } from '../linalg/rotation.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { Refused } from './facts/types.ts';
import type { HeadRows, HeadSplit, SplitOption } from './headSplit.ts';

/** Where the heads of one weight begin, and along which axis of it. */
export interface HeadsIn {
  readonly weight: Weight;
  /** The first output feature of each head; dh features follow. */
  readonly first: readonly number[];
  /**
   * 'rows': output features are rows (nn.Linear; [heads, dh, d] counts as one); 'columns': columns (Conv1D, XLNet);
   * 'blocks': each head is a matrix [d, dh] of its own (TransformerLens).
   */
  readonly features: 'rows' | 'columns' | 'blocks';
}

/** Wq and Wk as products of low-rank factors (multi-head latent attention), and how their rows divide. */
export interface LatentFactors {
  readonly kind: 'latent';
  /** Either the queries' whole projection, or the pair that compresses and expands them. */
  readonly q: Weight | { readonly a: Weight; readonly norm: Weight | null; readonly b: Weight };
  readonly kv: { readonly a: Weight; readonly norm: Weight | null; readonly b: Weight };
  /** Columns of kv.b: the latent's size. */
  readonly kvRank: number;
  /**
   * Features of a head's key that come from the latent, and those of the rotary key that all heads share: dh = nope
   * + rope.
   */
  readonly nope: number;
  readonly rope: number;
  /** Rows of one head in kv.b: nope, then the value's. Null: kv.b is [heads, kvRank, nope], each head's transposed. */
  readonly kvRowsPerHead: number | null;
}

export interface DirectWeights {
  readonly kind: 'direct';
  readonly q: HeadsIn;
  readonly k: HeadsIn;
}

export interface StackShape extends HeadSplit {
  /** Rows of the map: scored and hatched layers. */
  readonly layers: number;
  readonly dModel: number;
  readonly dHead: number;
}

/** A gain that can be folded: γ, or 1 + w. */
export interface GainTensor {
  readonly name: string;
  readonly plusOne: boolean;
  /** Null where its shard wasn't opened: the plan doesn't read it. */
  readonly weight: Weight | null;
}

/** What a convention can do to a layer, or why it can't. */
export interface LayerFolds {
  /** [d]. */
  readonly inputGain: GainTensor | Refused;
  /** One for all heads ([dh], [heads · dh] or [heads, dh]), or one for each ([dh]). */
  readonly headGains: { readonly q: readonly GainTensor[]; readonly k: readonly GainTensor[] } | Refused;
  readonly rotation: Rotation | Refused;
}

/** One layer's Q and K: which tensors, and where in them each head lies. */
export interface LayerLayout extends HeadSplit {
  readonly layer: number;
  readonly dModel: number;
  readonly dHead: number;
  readonly source: DirectWeights | LatentFactors;
  readonly folds: LayerFolds;
  /** Who says the split: "config.json", "params.json", "the size of …", "chosen by you". */
  readonly headsFrom: string;
  /** The layers that use this block, where several do. */
  readonly usedBy?: readonly number[];
  /** What is particular about it: a layer beyond those that config.json counts. */
  readonly note?: string;
}

export interface SkippedLayer {
  readonly layer: number;
  readonly code:
    | 'missing-tensor'
    | 'layout-mismatch'
    | 'dtype-unsupported'
    | 'no-attention'
    | 'convention-unavailable';
  readonly reason: string;
  /** What the user can do about it, where the model is refused for it. */
  readonly hint?: string;
}

/** One map: all layers of one kind of attention. */
export interface StackLayout {
  readonly name: string;
  /** True where queries and keys see different streams: M isn't an endomorphism of one space. */
  readonly isCross: boolean;
  readonly layers: readonly LayerLayout[];
  readonly skipped: readonly SkippedLayer[];
  readonly shape: StackShape;
  /** Who says the heads of most layers: shown in the page and in every export. */
  readonly headsFrom: string;
  /** Head splits that the shapes allow, for the user's own; empty where layers differ in shape. */
  readonly splits: readonly SplitOption[];
  /** Stacks whose heads the same entry of config.json tells share an answer. */
  readonly splitKey: string;
}

/** Which tensors are Q and K, and how they fall into heads. */
export interface ModelLayout {
  /** The registry row. */
  readonly architecture: string;
  /** By config.json, else the row's id. */
  readonly modelType: string;
  readonly stacks: readonly StackLayout[];
  readonly notes: readonly string[];
}

/** What a block's tensors allow, before the number of heads is known. */
export interface BlockShape {
  readonly rows: HeadRows;
  readonly dModel: number;
  /** Told by the shapes themselves ([d, heads, dh], low-rank factors). */
  readonly split?: HeadSplit;
  /** Why the shapes don't tell how many of a fused tensor's features are queries; then `rows` is one way of several. */
  readonly open?: string;
  /** Of such a tensor: the rows of q, k and v together. */
  readonly features?: number;
  /** Splits to choose from where the shapes leave several. */
  options(): SplitOption[];
  allows(split: HeadSplit): boolean;
  /** Where the heads lie, once the split is known, and the rows of Wq that it makes. */
  place(split: HeadSplit): DirectWeights | LatentFactors;
}

export type Fault = Pick<SkippedLayer, 'code' | 'reason' | 'hint'>;
