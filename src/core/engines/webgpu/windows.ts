import { QKError } from '../../errors.ts';
import { BYTES_PER_ELEMENT } from '../../formats/dtype.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import { DEFAULT_LIMITS } from './constants.ts';

/** Ranges of one byte array are uploaded as one when the gap between them is at most this. */
const MAX_GAP_BYTES = 32 * 1024;

/** Bytes of one array that are uploaded together, and which parts of which matrices they hold. */
export interface ByteWindow<M extends SourceMatrix> {
  readonly bytes: Uint8Array;
  readonly begin: number;
  readonly end: number;
  readonly parts: readonly MatrixPart<M>[];
}

export interface SourceMatrix {
  readonly view: MatrixView;
}

/** Outer indices [from, to) of a matrix; the outer dimension is the one whose elements lie further apart. */
export interface MatrixPart<M extends SourceMatrix> {
  readonly matrix: M;
  readonly from: number;
  readonly to: number;
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

/**
 * What must be uploaded so that every matrix is there once: the views of one tensor share bytes (heads side by side, or
 * interleaved within rows), so ranges are joined first, then cut into windows where they exceed one buffer.
 */
export function planWindows<M extends SourceMatrix>(
  matrices: readonly M[],
  maxBytes = DEFAULT_LIMITS.windowBytes,
): ByteWindow<M>[] {
  return joinRanges(matrices).flatMap((span) => cutSpan(span, maxBytes));
}

interface Span<M> {
  readonly bytes: Uint8Array;
  end: number;
  readonly matrices: M[];
}

function joinRanges<M extends SourceMatrix>(matrices: readonly M[]): Span<M>[] {
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
        last = { bytes, end, matrices: [matrix] };
        spans.push(last);
      }
    }
  }
  return spans;
}

/** Windows over one span: each begins at the first strip that is still missing and takes every strip that fits whole. */
function cutSpan<M extends SourceMatrix>({ bytes, matrices }: Span<M>, maxBytes: number): ByteWindow<M>[] {
  const windows: ByteWindow<M>[] = [];
  let open = matrices.map((matrix) => ({ matrix, strips: stripsOf(matrix.view), next: 0 }));
  while (open.length > 0) {
    const begin = Math.min(
      ...open.map(({ matrix, strips, next }) => matrix.view.offset + next * strips.outerStride),
    );
    let end = begin;
    const parts: MatrixPart<M>[] = [];
    for (const item of open) {
      const { matrix, strips, next } = item;
      const room = begin + maxBytes - matrix.view.offset - strips.stripBytes;
      const to = Math.min(strips.outerCount, room < 0 ? 0 : Math.floor(room / strips.outerStride) + 1);
      if (to <= next) continue;
      parts.push({ matrix, from: next, to });
      end = Math.max(end, matrix.view.offset + (to - 1) * strips.outerStride + strips.stripBytes);
      item.next = to;
    }
    if (parts.length === 0) {
      throw new QKError(
        'too-large',
        'One row of a weight tensor exceeds what a WebGPU buffer takes at once.',
        {
          hint: 'Choose another engine.',
        },
      );
    }
    windows.push({ bytes, begin, end, parts });
    open = open.filter(({ strips, next }) => next < strips.outerCount);
  }
  return windows;
}
