// Assembles the products of a pair of heads from an engine's buffers.
import type { PairMoments } from './engine.ts';

/** How a matrix was scaled, as every engine knows it. */
interface Scaling {
  readonly exponent: number;
  readonly allFinite: boolean;
}

/** Puts a pair's four products together; NaN where a weight isn't finite. */
export function pairMoments(
  dHead: number,
  q: readonly [Scaling, Scaling],
  k: readonly [Scaling, Scaling],
  products: () => Pick<PairMoments, 'a' | 'b' | 'c' | 'cBack'>,
): PairMoments {
  const nothing = () => new Float64Array(dHead * dHead).fill(Number.NaN);
  const allFinite = [...q, ...k].every((matrix) => matrix.allFinite);
  const matrices = allFinite ? products() : { a: nothing(), b: nothing(), c: nothing(), cBack: nothing() };
  const exponents = {
    q: [q[0].exponent, q[1].exponent] as const,
    k: [k[0].exponent, k[1].exponent] as const,
  };
  return { ...matrices, exponents, log2Scale: [...exponents.q, ...exponents.k].reduce((a, b) => a + b, 0) };
}

/** Returns the dh × dh part of a matrix whose rows are padded to `stride`, as float64. */
export function unpadded(values: Float32Array, dHead: number, stride: number): Float64Array {
  const out = new Float64Array(dHead * dHead);
  for (let i = 0; i < dHead; i++)
    for (let j = 0; j < dHead; j++) out[i * dHead + j] = values[i * stride + j]!;
  return out;
}
