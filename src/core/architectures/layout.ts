// The types of a layout: which tensors are Q and K of each layer, and where each head is in them.
import type { Rotation } from '../linalg/rotation.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { Refused } from './facts/types.ts';
import type { HeadRows, HeadSplit, SplitOption } from './headSplit.ts';

/** The places where the heads of one weight begin, and the axis along which they lie. */
export interface HeadsIn {
  readonly weight: Weight;
  /** The first output feature of each head; dh features belong to it. */
  readonly first: readonly number[];
  /**
   * 'rows': output features are rows (nn.Linear; [heads, dh, d] counts as one); 'columns': columns (Conv1D, XLNet);
   * 'blocks': each head is a separate matrix [d, dh] (TransformerLens).
   */
  readonly features: 'rows' | 'columns' | 'blocks';
}

/** Wq and Wk as products of low-rank factors (multi-head latent attention), with the division of their rows. */
export interface LatentFactors {
  readonly kind: 'latent';
  /** Either the queries' whole projection, or the pair that compresses and expands them. */
  readonly q: Weight | { readonly a: Weight; readonly norm: Weight | null; readonly b: Weight };
  readonly kv: { readonly a: Weight; readonly norm: Weight | null; readonly b: Weight };
  /** The size of the latent: the columns of kv.b. */
  readonly kvRank: number;
  /**
   * Features of a head's key that come from the latent; those of the rotary key, which all heads share, complete dh =
   * nope + rope.
   */
  readonly nope: number;
  readonly rope: number;
  /**
   * Rows of one head in kv.b: nope, then the value's. Null: kv.b is [heads, kvRank, nope], transposed for each head.
   */
  readonly kvRowsPerHead: number | null;
}

export interface DirectWeights {
  readonly kind: 'direct';
  readonly q: HeadsIn;
  readonly k: HeadsIn;
}

export interface StackShape extends HeadSplit {
  /** The number of rows of the map: scored and hatched layers. */
  readonly layers: number;
  readonly dModel: number;
  readonly dHead: number;
}

/** A gain that can be folded: γ, or 1 + w. */
export interface GainTensor {
  readonly name: string;
  readonly plusOne: boolean;
  /** The weight; null where its shard wasn't opened, in which case the plan doesn't read it. */
  readonly weight: Weight | null;
}

/** What a convention can do to a layer, or the reason why it can't. */
export interface LayerFolds {
  /** The gain of the norm before attention, [d]. */
  readonly inputGain: GainTensor | Refused;
  /** One gain for all heads ([dh], [heads · dh] or [heads, dh]), or one for each ([dh]). */
  readonly headGains: { readonly q: readonly GainTensor[]; readonly k: readonly GainTensor[] } | Refused;
  readonly rotation: Rotation | Refused;
}

/** One layer's Q and K: the tensors, and the place of each head in them. */
export interface LayerLayout extends HeadSplit {
  readonly layer: number;
  readonly dModel: number;
  readonly dHead: number;
  readonly source: DirectWeights | LatentFactors;
  readonly folds: LayerFolds;
  /** The source of the split: "config.json", "params.json", "the size of …", "chosen by you". */
  readonly headsFrom: string;
  /** The layers that use this block, where several do. */
  readonly usedBy?: readonly number[];
  /** What is special about it: a layer beyond those that config.json counts. */
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
  /** What the user can do, where the model is refused for this reason. */
  readonly hint?: string;
}

/** One map: all layers of one kind of attention. */
export interface StackLayout {
  readonly name: string;
  /** True where queries and keys read different streams: M isn't an endomorphism of one space. */
  readonly isCross: boolean;
  readonly layers: readonly LayerLayout[];
  readonly skipped: readonly SkippedLayer[];
  readonly shape: StackShape;
  /** The source of most layers' heads, shown in the page and in every export. */
  readonly headsFrom: string;
  /** Head splits that the shapes allow, which the user may choose; empty where layers differ in shape. */
  readonly splits: readonly SplitOption[];
  /** Stacks whose heads the same entry of config.json gives share one answer. */
  readonly splitKey: string;
}

/** Which tensors are Q and K, and how they divide into heads. */
export interface ModelLayout {
  /** The id of the registry row. */
  readonly architecture: string;
  /** The model type by config.json, or else the row's id. */
  readonly modelType: string;
  readonly stacks: readonly StackLayout[];
  readonly notes: readonly string[];
}

/** The shape of a block that its tensors allow, before the number of heads is known. */
export interface BlockShape {
  readonly rows: HeadRows;
  readonly dModel: number;
  /** The split, where the shapes determine it ([d, heads, dh], low-rank factors). */
  readonly split?: HeadSplit;
  /**
   * The reason why the shapes leave open how many of a fused tensor's features are queries; `rows` is then one of
   * several ways.
   */
  readonly open?: string;
  /** The number of features of such a tensor: the rows of q, k and v together. */
  readonly features?: number;
  /** Lists the splits to choose from, where the shapes leave several. */
  options(): SplitOption[];
  allows(split: HeadSplit): boolean;
  /** Returns where the heads are once the split is known, and the rows of Wq that it gives. */
  place(split: HeadSplit): DirectWeights | LatentFactors;
}

export type Fault = Pick<SkippedLayer, 'code' | 'reason' | 'hint'>;
