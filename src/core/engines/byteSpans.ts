// Joins the byte ranges of matrices, so that an engine copies each byte once.
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import type { MatrixView } from '../weights/matrixView.ts';

/** Ranges of one byte array are taken as one when the gap between them is at most this. */
const MAX_GAP_BYTES = 32 * 1024;

export interface SourceMatrix {
  readonly view: MatrixView;
}

/** A view with its dimensions named by distance: strides in bytes. */
export interface Strips {
  readonly rowsAreOuter: boolean;
  readonly outerCount: number;
  readonly innerCount: number;
  readonly outerStride: number;
  readonly innerStride: number;
  /** Bytes from the first to the last of one outer index. */
  readonly stripBytes: number;
}

export function stripsOf({ dtype, rows, cols, rowStride, colStride }: MatrixView): Strips {
  const size = BYTES_PER_ELEMENT[dtype];
  const rowsAreOuter = rowStride >= colStride;
  const [outerCount, innerCount] = rowsAreOuter ? [rows, cols] : [cols, rows];
  const [outer, inner] = rowsAreOuter ? [rowStride, colStride] : [colStride, rowStride];
  return {
    rowsAreOuter,
    outerCount,
    innerCount,
    outerStride: outer * size,
    innerStride: inner * size,
    stripBytes: ((innerCount - 1) * inner + 1) * size,
  };
}

/** Bytes [begin, end) of one array, and the matrices that lie there. */
export interface Span<M> {
  readonly bytes: Uint8Array;
  readonly begin: number;
  end: number;
  readonly matrices: M[];
}

/**
 * Returns what an engine must take so that every matrix is there once: the views of one tensor share bytes (heads
 * side by side, or interleaved within rows), so their ranges are joined.
 */
export function joinRanges<M extends SourceMatrix>(matrices: readonly M[]): Span<M>[] {
  const byArray = new Map<Uint8Array, M[]>();
  for (const matrix of matrices) {
    const group = byArray.get(matrix.view.bytes) ?? [];
    group.push(matrix);
    byArray.set(matrix.view.bytes, group);
  }
  const spans: Span<M>[] = [];
  for (const [bytes, group] of byArray) {
    let last: Span<M> | undefined;
    for (const matrix of group.toSorted((a, b) => a.view.offset - b.view.offset)) {
      const { offset } = matrix.view;
      const { outerCount, outerStride, stripBytes } = stripsOf(matrix.view);
      const end = offset + (outerCount - 1) * outerStride + stripBytes;
      if (last !== undefined && offset - last.end <= MAX_GAP_BYTES) {
        last.end = Math.max(last.end, end);
        last.matrices.push(matrix);
      } else {
        last = { bytes, begin: offset, end, matrices: [matrix] };
        spans.push(last);
      }
    }
  }
  return spans;
}
