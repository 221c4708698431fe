// Decides which heads float32 can't score, and computes those in float64.
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import { readerOf } from '../weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import type { HeadScores } from './engine.ts';
import { createReferenceEngine } from './reference/referenceEngine.ts';

/**
 * A head whose estimated error is larger is computed again. What is promised is 2e-6; the estimate may be too small
 * by half.
 */
const TRUSTED_ERROR = 1.2e-6;
/** Features of a matrix that are looked at, and the rows of each. */
const [SAMPLED_FEATURES, SAMPLED_ROWS] = [4, 12];
/** Kernels sum every fourth row by itself, or all in order. */
const LANES = 4;

/** Returns whether a head's float32 sums can't be trusted to give r within 2e-6. */
export function isUncertain({ roundingError, head }: HeadScores, { q, k }: LayerWeights): boolean {
  // A head with a weight that isn't finite has none either: no more digits would help it.
  if (roundingError === undefined) return false;
  // Not "above": NaN is uncertain too.
  if (!(roundingError <= TRUSTED_ERROR)) return true;
  return roundingError > 0 && (isFlat(q[head]!) || isFlat(k[kvHeadOf(head, q.length, k.length)]!));
}

/** Scores one head in float64, or exactly where float64 isn't enough. @throws AbortError when cancelled */
export async function scoreInFloat64(
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
): Promise<HeadScores> {
  const { q, k } = weights;
  const alone = { ...weights, q: [q[head]!], k: [k[kvHeadOf(head, q.length, k.length)]!] };
  const reference = createReferenceEngine();
  const handle = await reference.load([alone], signal);
  const { scores } = await reference.run(handle, [{ kernel: 'trace', layerIndex: 0, head: 0 }], { signal });
  return { ...scores[0]!, head };
}

/**
 * Returns whether some feature's weights are all alike (a matrix of ones, say): the terms of its sums are then
 * equal, and rounding, which else goes either way, takes the same way at every step. Trained and random weights part
 * at the first rows that are looked at.
 */
function isFlat({ bytes, dtype, offset, rows, cols, rowStride, colStride }: MatrixView): boolean {
  if (rows <= SAMPLED_ROWS) return false;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [read, size] = [readerOf(dtype), BYTES_PER_ELEMENT[dtype]];
  const features = Math.min(cols, SAMPLED_FEATURES);
  const firstRow = Math.floor((rows - SAMPLED_ROWS) / 2);
  const [step, lanes] = [rowStride * size, LANES * rowStride * size];
  for (let feature = 0; feature < features; feature++) {
    const column = Math.floor((feature * cols) / features);
    const from = offset + (firstRow * rowStride + column * colStride) * size;
    const end = from + (SAMPLED_ROWS - LANES) * step;
    let byteOffset = from;
    while (byteOffset < end && Math.abs(read(data, byteOffset)) === Math.abs(read(data, byteOffset + lanes)))
      byteOffset += step;
    // All zeros: a feature without a sum.
    if (byteOffset === end && read(data, from) !== 0) return true;
  }
  return false;
}
