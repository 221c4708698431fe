// The type of a matrix within raw bytes.
import type { ScoredDtype } from '../formats/dtype.ts';

/**
 * A matrix inside raw little-endian bytes, without a copy. Element (i, j) is at element index
 * `i · rowStride + j · colStride` after `offset` bytes. Covers nn.Linear (rows of [out, in] read as columns), Conv1D,
 * fused and interleaved tensors.
 */
export interface MatrixView {
  readonly bytes: Uint8Array;
  readonly dtype: ScoredDtype;
  /**
   * Byte offset of element (0, 0) from the start of `bytes`; a multiple of the element size from there on isn't
   * promised.
   */
  readonly offset: number;
  /** d, the input dimension. */
  readonly rows: number;
  /** dh, the head dimension. */
  readonly cols: number;
  /** Step from one row to the next, in elements. */
  readonly rowStride: number;
  /** Step from one column to the next, in elements. */
  readonly colStride: number;
}
