import { projectionRoleOf } from '../attentionNames.ts';

/** How a tensor was cut when a model was spread over devices. */
export type SliceRole =
  /** Each slice holds some output rows: Wq, of whole heads. */
  | 'queries'
  /** The same of Wk; where there are fewer key heads than slices, several slices hold the same ones. */
  | 'keys'
  /** Each slice holds some input columns: the output projection. */
  | 'output'
  /** q, k and v in one tensor: what a slice's rows are depends on the program that wrote it. */
  | 'fused'
  /** Norms and the like: every slice holds all of it. */
  | 'whole';

/**
 * By the tensor's name, as the layers that cut them do: q and k are column-parallel, o is row-parallel (fairscale's
 * ColumnParallelLinear and RowParallelLinear in Meta's llama/model.py; joined so by transformers'
 * convert_llama_weights_to_hf.py).
 */
export function sliceRoleOf(name: string, rank: number): SliceRole {
  if (rank < 2) return 'whole';
  return projectionRoleOf(name) ?? 'whole';
}

/**
 * Model types whose fused rows go head by head or group by group, so that slices of whole heads lie one after
 * another.
 */
export const INTERLEAVED_TYPES: ReadonlySet<unknown> = new Set(['gpt_neox', 'bloom', 'gpt_neox_japanese']);
