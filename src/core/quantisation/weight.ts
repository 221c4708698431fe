// The interface of a weight, however the file stores it.
import type { TensorEntry } from '../formats/checkpoint.ts';

/**
 * One parameter of a module, with the name and shape that the module gives it, however the file stores it: as numbers,
 * in blocks (GGUF), or as integers with scales beside them (GPTQ, AWQ, …).
 */
export interface Weight {
  /**
   * The parameter's name, "model.layers.0.self_attn.q_proj.weight", even where the file stores `….qweight` and
   * `….scales`.
   */
  readonly name: string;
  /** The shape in the module: [out, in] for nn.Linear. */
  readonly shape: readonly number[];
  /** The type that the page shows: "F16", "Q4_K", "GPTQ 4-bit, groups of 128". */
  readonly dtype: string;
  /** True where the values approximate the trained ones. */
  readonly isQuantised: boolean;
  /** The tensors to read for it, in the order that `decode` takes. */
  readonly parts: readonly TensorEntry[];
  /**
   * Bytes of one output row, given where the only part stores its rows contiguously: some rows can then be read (and
   * decoded) without the others.
   */
  readonly rowBytes?: number;
  /**
   * Decodes the parts' bytes (or those of some rows) to the values, row-major in `shape`. Absent: the only part stores
   * F64, F32, F16 or BF16 numbers, which the engines accept unchanged.
   */
  readonly decode?: (parts: readonly Uint8Array[]) => Float32Array | Float64Array;
  /** The change that a merged adapter made; its tensors are among `parts`. */
  readonly merged?: MergedAdapter;
  /** The reason why it can't be read, in one sentence that names the method; `parts` is then empty. */
  readonly refused?: string;
  /** True where `refused` names a contradiction, not a method: an adapter's tensors don't fit it or each other. */
  readonly isContradicted?: boolean;
}

/** The contribution of an adapter to a weight, for notes and provenance. */
export interface MergedAdapter {
  /** The formula of the change: "W + (16/8)·BA". */
  readonly formula: string;
  /** The adapter's tensors that were used, with the role of each: "A", "B". */
  readonly tensors: readonly { readonly name: string; readonly dtype: string; readonly role: string }[];
}
