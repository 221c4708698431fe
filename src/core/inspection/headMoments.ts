// Computes A, B and C of one head.
import type { Yielder } from '../engines/index.ts';
import { addGram } from '../linalg/gram.ts';
import { magnitudeOf, scaleByPowerOfTwo } from '../linalg/powerOfTwoScale.ts';
import { decodeMatrix } from '../weights/decode.ts';
import type { MatrixView } from '../weights/matrixView.ts';

/** Rows that are summed between two looks at the clock and the abort signal. */
const ROWS_PER_STEP = 64;

/** One head in float64, each matrix scaled by a power of two so that its largest element lies in [0.5, 1). */
export interface HeadMoments {
  /** False where a weight is NaN or infinite; the products are NaN then. */
  readonly allFinite: boolean;
  /** Wq and Wk, [d, dh] row-major; the true ones are 2^exponent times these. */
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly exponents: { readonly q: number; readonly k: number };
  /** A = WqᵀWq, B = WkᵀWk and C = WkᵀWq, [dh, dh] row-major, of the scaled ones. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
}

/**
 * Computes the three products of one head in float64: spectra want more digits than an engine's float32. O(d dh²).
 */
export async function headMoments(q: MatrixView, k: MatrixView, yielder: Yielder): Promise<HeadMoments> {
  const { rows: d, cols: dh } = q;
  const [query, key] = [decodeMatrix(q), decodeMatrix(k)];
  const sizes = [magnitudeOf(query), magnitudeOf(key)] as const;
  const exponents = { q: sizes[0].exponent, k: sizes[1].exponent };
  const allFinite = sizes.every((size) => size.allFinite);
  const [a, b, c] = Array.from({ length: 3 }, () => new Float64Array(dh * dh)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (!allFinite) {
    for (const product of [a, b, c]) product.fill(Number.NaN);
    return { allFinite, q: query, k: key, exponents, a, b, c };
  }
  scaleByPowerOfTwo(query, -exponents.q);
  scaleByPowerOfTwo(key, -exponents.k);
  for (let from = 0; from < d; from += ROWS_PER_STEP) {
    const to = Math.min(d, from + ROWS_PER_STEP);
    addGram(a, query, dh, query, dh, from, to);
    addGram(b, key, dh, key, dh, from, to);
    addGram(c, key, dh, query, dh, from, to);
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  }
  return { allFinite, q: query, k: key, exponents, a, b, c };
}
