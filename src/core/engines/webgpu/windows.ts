// Splits byte ranges into windows that fit the GPU's limits.
import { QKError } from '../../errors.ts';
import { joinRanges, type SourceMatrix, type Span, stripsOf } from '../byteSpans.ts';
import { DEFAULT_LIMITS } from './constants.ts';

/** Bytes of one array that are uploaded together, and which parts of which matrices they hold. */
export interface ByteWindow<M extends SourceMatrix> {
  readonly bytes: Uint8Array;
  readonly begin: number;
  readonly end: number;
  readonly parts: readonly MatrixPart<M>[];
}

/** Outer indices [from, to) of a matrix; the outer dimension is the one whose elements lie further apart. */
export interface MatrixPart<M extends SourceMatrix> {
  readonly matrix: M;
  readonly from: number;
  readonly to: number;
}

/**
 * Plans what must be uploaded so that every matrix is there once: the views of one tensor share bytes (heads side by
 * side, or interleaved within rows), so ranges are joined first, then cut into windows where they exceed one buffer.
 */
export function planWindows<M extends SourceMatrix>(
  matrices: readonly M[],
  maxBytes = DEFAULT_LIMITS.windowBytes,
): ByteWindow<M>[] {
  return joinRanges(matrices).flatMap((span) => cutSpan(span, maxBytes));
}

/**
 * Cuts windows over one span: each begins at the first strip that is still missing and takes every strip that
 * fits whole.
 */
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
