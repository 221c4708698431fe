/** Magnitudes (f32 bits without the sign) from here on are infinite or NaN. */
const INFINITE = 0x7f800000;

export function isFiniteMagnitude(magnitude: number): boolean {
  return magnitude < INFINITE;
}

/**
 * Returns the e with 2^(e−1) ≤ |x| < 2^e, 0 for x = 0, from the bits of a finite f32 |x|. The same as in
 * unpack.wgsl.
 */
export function exponentOfBits(magnitude: number): number {
  if (magnitude === 0) return 0;
  // Subnormal: magnitude · 2⁻¹⁴⁹.
  if (magnitude < 0x800000) return 31 - Math.clz32(magnitude) - 148;
  return (magnitude >>> 23) - 126;
}
