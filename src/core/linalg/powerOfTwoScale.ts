export interface Magnitude {
  /** True when every element is finite. */
  readonly allFinite: boolean;
  /** e such that the largest |x| lies in [2^(e−1), 2^e); 0 for a zero or non-finite array. */
  readonly exponent: number;
}

/**
 * Returns the power of two that brings a matrix's largest element near 1, found without a logarithm's rounding.
 */
export function magnitudeOf(values: Float64Array): Magnitude {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (!(size < Infinity)) return { allFinite: false, exponent: 0 };
    if (size > largest) largest = size;
  }
  return { allFinite: true, exponent: largest === 0 ? 0 : exponentOf(largest) };
}

/** Returns the e with 2^(e−1) ≤ x < 2^e, for a positive finite x (subnormals too). */
export function exponentOf(x: number): number {
  let e = Math.floor(Math.log2(x)) + 1;
  // log2 rounds near powers of two.
  while (2 ** (e - 1) > x && e > -1073) e--;
  while (e < 1024 && 2 ** e <= x) e++;
  return e;
}

/** x · 2^exponent, also where 2^exponent itself isn't a double; half exponents too. */
export function scaleNumber(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}

/** values · 2^exponent in place, in two steps where 2^exponent itself isn't a double. */
export function scaleByPowerOfTwo(values: Float64Array, exponent: number): void {
  const half = Math.trunc(exponent / 2);
  const [a, b] = [2 ** half, 2 ** (exponent - half)];
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * a * b;
}
