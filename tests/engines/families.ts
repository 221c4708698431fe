import { gaussian } from '../support/random.ts';

/** Wq and Wk of one head, [d][dh]. */
export interface HeadPair {
  readonly q: Float64Array;
  readonly k: Float64Array;
}

export type Family = (d: number, dh: number, seed: number) => HeadPair;

/** r ≈ 0.5: no relation between the two. */
export const gauss: Family = (d, dh, seed) => {
  const next = gaussian(seed);
  const draw = () => 0.02 * next();
  return { q: fill(d, dh, draw), k: fill(d, dh, draw) };
};

/** r ≈ 0.994: sums of squares, all of one sign, in which plain float32 sums lose most. */
export const keyNearQuery: Family = (d, dh, seed) => {
  const next = gaussian(seed);
  const q = fill(d, dh, () => 0.02 * next());
  return { q, k: q.map((value) => value + 0.11 * 0.02 * next()) };
};

/** r ≈ 0.5: some rows and columns twenty times larger, and a strong low-rank part. */
export const outliersLowRank: Family = (d, dh, seed) => {
  const next = gaussian(seed);
  const make = () => {
    const rank = 4;
    const left = fill(d, rank, next);
    const right = fill(rank, dh, next);
    return fill(d, dh, (i, j) => {
      let value = next();
      for (let r = 0; r < rank; r++) value += left[i * rank + r]! * right[r * dh + j]!;
      return 0.02 * value * (i % 97 === 0 ? 20 : 1) * (j % 29 === 0 ? 5 : 1);
    });
  };
  return { q: make(), k: make() };
};

/** r ≈ 0.9: all elements off zero by the same amount, so that sums grow with d instead of its root. */
export const offset: Family = (d, dh, seed) => {
  const next = gaussian(seed);
  const draw = () => 0.02 * (next() + 0.5);
  return { q: fill(d, dh, draw), k: fill(d, dh, draw) };
};

export const FAMILIES = { gauss, keyNearQuery, outliersLowRank, offset } as const;

function fill(rows: number, cols: number, value: (i: number, j: number) => number): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) out[i * cols + j] = value(i, j);
  }
  return out;
}
