// The type of one layer's query and key weights.
import type { MatrixView } from './matrixView.ts';

/** The query and key weights of one layer, as raw bytes: the unit of work of every engine. */
export interface LayerWeights {
  /** "self", "encoder.self", … */
  readonly stack: string;
  /** The layer's number in the model, from 0. */
  readonly layer: number;
  /** d: rows of every Wq and Wk. */
  readonly dModel: number;
  /** dh: columns of every Wq and Wk. */
  readonly dHead: number;
  /** One view per query head, each [d, dh]. */
  readonly q: readonly MatrixView[];
  /** One view per key head, each [d, dh]; fewer than q with grouped queries. */
  readonly k: readonly MatrixView[];
}

/**
 * Returns the key head that a query head meets: blocks of heads/kvHeads neighbours share one (repeat_kv of the
 * transformers library repeats each key head in place). Not head mod kvHeads.
 */
export function kvHeadOf(head: number, heads: number, kvHeads: number): number {
  return Math.floor((head * kvHeads) / heads);
}
