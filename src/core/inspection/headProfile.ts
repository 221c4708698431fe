// Computes the row and column norms of one head's M.
import type { Yielder } from '../engines/index.ts';
import { quadraticForms } from '../linalg/quadraticForms.ts';
import type { NormSquares } from '../metrics/directionality.ts';
import type { HeadMoments } from './headMoments.ts';

const ROWS_PER_STEP = 256;

/**
 * Computes the squared norms of the rows of a head's M, diag(Wq B Wqᵀ), and of its columns, diag(Wk A Wkᵀ), of the
 * scaled weights. O(d dh²).
 */
export async function headProfile(
  { q, k, a, b }: HeadMoments,
  dHead: number,
  yielder: Yielder,
): Promise<NormSquares> {
  const d = q.length / dHead;
  const [rowSquares, colSquares] = [new Float64Array(d), new Float64Array(d)];
  for (let from = 0; from < d; from += ROWS_PER_STEP) {
    const to = Math.min(d, from + ROWS_PER_STEP);
    quadraticForms(rowSquares, q, b, dHead, from, to);
    quadraticForms(colSquares, k, a, dHead, from, to);
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  }
  return { rowSquares, colSquares };
}
