import type { TensorEntry } from '../formats/checkpoint.ts';

/**
 * One parameter of a module, under the name and in the shape that the module gives it, however the file stores it:
 * as numbers, in blocks (GGUF), or as integers with scales beside them (GPTQ, AWQ, …).
 */
export interface Weight {
  /** "model.layers.0.self_attn.q_proj.weight", also where the file has `….qweight` and `….scales`. */
  readonly name: string;
  /** As the module has it: [out, in] for nn.Linear. */
  readonly shape: readonly number[];
  /** As shown: "F16", "Q4_K", "GPTQ 4-bit, groups of 128". */
  readonly dtype: string;
  /** True where the values are approximations of trained ones. */
  readonly isQuantised: boolean;
  /** What must be read for it, in the order that `decode` takes. */
  readonly parts: readonly TensorEntry[];
  /**
   * Bytes of one output row, where a run of rows is a run of bytes of the only part: then some rows can be read
   * (and decoded) without the others.
   */
  readonly rowBytes?: number;
  /**
   * The values, row-major in `shape` (or of the rows whose bytes are given), from the parts' bytes. Absent: the only
   * part holds F64, F32, F16 or BF16 numbers, which the engines take as they are.
   */
  readonly decode?: (parts: readonly Uint8Array[]) => Float32Array | Float64Array;
  /** What an adapter changed in it, where one is merged; its tensors are among `parts`. */
  readonly merged?: MergedAdapter;
  /** Why it can't be read, in one sentence that names the method; then `parts` is empty. */
  readonly refused?: string;
  /** True where `refused` names a contradiction, not a method: an adapter's tensors don't fit it or each other. */
  readonly isContradicted?: boolean;
}

/** An adapter's part in a weight, for notes and provenance. */
export interface MergedAdapter {
  /** "W + (16/8)·BA" */
  readonly formula: string;
  /** The adapter's tensors that went into it, with what each is: "A", "B". */
  readonly tensors: readonly { readonly name: string; readonly dtype: string; readonly role: string }[];
}
