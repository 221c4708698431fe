/** Decodes IEEE 754 binary16. (DataView.getFloat16 isn't in Node 20.) */
export function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Decodes bfloat16, the upper half of a binary32. */
export function decodeBfloat(bits: number): number {
  singleBits[0] = bits << 16;
  return single[0]!;
}

/** Rounds to the nearest bfloat16, ties to even. Of finite values. */
export function encodeBfloat(value: number): number {
  single[0] = value;
  const bits = singleBits[0]!;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/**
 * Rounds to the nearest binary16, ties to even; beyond the largest, infinity. Of finite values that float32 holds.
 */
export function encodeHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_520) return sign | 0x7c00;
  single[0] = size;
  // Below 2^-14 the steps stay as wide as just above it. What is rounded up to a power of two carries into the
  // exponent.
  const exponent = Math.max(-14, (singleBits[0]! >>> 23) - 127);
  const steps = size / 2 ** (exponent - 10);
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1);
  return sign | (((exponent + 14) << 10) + below + (up ? 1 : 0));
}
