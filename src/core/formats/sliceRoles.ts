// Says how each weight is cut when a model is sliced across devices.
import { projectionRoleOf } from '../attentionNames.ts';

/** The way in which a tensor is cut when a model is sliced across devices. */
export type SliceRole =
  /** Each slice holds some output rows: Wq, of whole heads. */
  | 'queries'
  /** As for Wq, but of Wk; where there are fewer key heads than slices, several slices hold the same ones. */
  | 'keys'
  /** Each slice holds some input columns: the output projection. */
  | 'output'
  /** q, k and v in one tensor: the rows of a slice depend on the program that wrote it. */
  | 'fused'
  /** Norms and the like: every slice holds the whole tensor. */
  | 'whole';

/**
 * Determines the role of a tensor from its name, as the layers that cut it do: q and k are column-parallel, o is
 * row-parallel (fairscale's ColumnParallelLinear and RowParallelLinear in Meta's llama/model.py; transformers'
 * convert_llama_weights_to_hf.py joins them so).
 */
export function sliceRoleOf(name: string, rank: number): SliceRole {
  if (rank < 2) return 'whole';
  return projectionRoleOf(name) ?? 'whole';
}

/**
 * Model types whose fused rows are ordered head by head or group by group, so that slices of whole heads can be
 * concatenated.
 */
export const INTERLEAVED_TYPES: ReadonlySet<unknown> = new Set(['gpt_neox', 'bloom', 'gpt_neox_japanese']);
