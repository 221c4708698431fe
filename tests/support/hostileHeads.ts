import type { ScoredDtype } from '../../src/core/formats/dtype.ts';
import { gaussian, mulberry32 } from './random.ts';

/** Wq and Wk, [d, dh] row-major. */
export interface HostileHead {
  readonly q: Float64Array;
  readonly k: Float64Array;
}

interface Family {
  readonly dtype: ScoredDtype;
  make(d: number, dh: number, seed: number): HostileHead;
}

/** Heads on which sums in float32, and some in float64, lose their digits. */
export const HOSTILE = {
  /** Every element's scale is its own. */
  'exponents ±60': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const [next, random] = [gaussian(seed), mulberry32(seed + 1)];
      const draw = () => next() * 2 ** Math.round(120 * random() - 60);
      return { q: fill(d, dh, draw), k: fill(d, dh, draw) };
    },
  },
  /** Features of Wq and Wk whose scales differ by up to 2^120, against each other. */
  'scales of features': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const next = gaussian(seed);
      const scales = exponents(dh, 60, seed + 1);
      return {
        q: fill(d, dh, (_, j) => next() * scales[j]!),
        k: fill(d, dh, (_, j) => next() / scales[j]!),
      };
    },
  },
  /** Rows that decide M are far smaller than rows that cancel in it. */
  'large rows that cancel': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const next = gaussian(seed);
      const q = fill(d, dh, (i) => (i === 0 ? 2 ** 40 : next()));
      const k = fill(d, dh, next);
      // Orthogonal to the large row, but for what rounding leaves.
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < dh - 1; j++) {
          k[i * dh + j] = Math.round(k[i * dh + j]! * 1024) / 1024;
          sum += k[i * dh + j]!;
        }
        k[i * dh + dh - 1] = -sum;
      }
      return { q, k };
    },
  },
  /** Features in pairs that nearly cancel, and are skew besides. */
  'pairs that cancel': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const [next, random] = [gaussian(seed), mulberry32(seed + 1)];
      const small = 10 ** (-6 * random());
      const [q, k] = [fill(d, dh, next), fill(d, dh, next)];
      const pairOf = (j: number) => Math.floor(j / 2) * 2;
      return {
        q: fill(d, dh, (i, j) => q[i * dh + pairOf(j)]! + (j % 2) * small * q[i * dh + j]!),
        k: fill(d, dh, (i, j) => (j % 2 === 0 ? 1 : -1) * k[i * dh + pairOf(j)]! + small * q[i * dh + j]!),
      };
    },
  },
  /** Singular values from 1 to 1e-1 … 1e-6 on one side, the other way round on the other, both turned alike. */
  'turned imbalance': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const [next, random] = [gaussian(seed), mulberry32(seed + 1)];
      const span = 1 + 5 * random();
      const value = (j: number) => 10 ** ((-span * j) / Math.max(1, dh - 1));
      const q = fill(d, dh, (_, j) => next() * value(j));
      const k = fill(d, dh, (_, j) => next() * value(dh - 1 - j));
      // Planes one after the other, each by its own angle.
      for (let i = 0; i < dh; i++)
        for (let j = i + 1; j < dh; j++) {
          const angle = 2 * Math.PI * random();
          for (const x of [q, k]) turn(x, d, dh, i, j, angle);
        }
      return { q, k };
    },
  },
  /** Weights all alike in each feature: rounding takes the same way at every step. */
  'flat features': {
    dtype: 'F32',
    make: (d, dh, seed) => {
      const next = gaussian(seed);
      const [q, k] = [fill(1, dh, next), fill(1, dh, next)];
      return { q: fill(d, dh, (_, j) => q[j]!), k: fill(d, dh, (_, j) => k[j]!) };
    },
  },
  /** Up to 1e300 between features, in doubles. */
  'F64, gaps to 1e300': {
    dtype: 'F64',
    make: (d, dh, seed) => {
      const next = gaussian(seed);
      const scales = exponents(dh, 498, seed + 1);
      return {
        q: fill(d, dh, (_, j) => next() * scales[j]!),
        k: fill(d, dh, (_, j) => next() / scales[j]!),
      };
    },
  },
  /** Any double at all. */
  'F64, any exponents': {
    dtype: 'F64',
    make: (d, dh, seed) => {
      const [next, random] = [gaussian(seed), mulberry32(seed + 1)];
      const draw = () => next() * 2 ** Math.round(2040 * random() - 1021);
      return { q: fill(d, dh, draw), k: fill(d, dh, draw) };
    },
  },
  /** Nearer to cancelling than doubles can tell from the sums of the trace method. */
  'F64, cancelled to 1e-12': {
    dtype: 'F64',
    make: (d, dh, seed) => {
      const next = gaussian(seed);
      const [a, b] = [fill(d, 1, next), fill(d, 1, next)];
      return {
        q: fill(d, dh, (i) => a[i]! * (1 + 1e-12 * next())),
        k: fill(d, dh, (i, j) => (dh === 1 ? 1 : j % 2 === 0 ? 1 : -1) * b[i]!),
      };
    },
  },
} as const satisfies Record<string, Family>;

export type HostileName = keyof typeof HOSTILE;
export const HOSTILE_NAMES = Object.keys(HOSTILE) as HostileName[];

function fill(rows: number, columns: number, value: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, at) =>
    value(Math.floor(at / columns), at % columns),
  );
}

/** Powers of two from 2^-max to 2^max. */
function exponents(count: number, max: number, seed: number): number[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => 2 ** Math.round(2 * max * random() - max));
}

function turn(x: Float64Array, d: number, dh: number, i: number, j: number, angle: number): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0; row < d; row++) {
    const [a, b] = [x[row * dh + i]!, x[row * dh + j]!];
    x[row * dh + i] = cos * a - sin * b;
    x[row * dh + j] = sin * a + cos * b;
  }
}
