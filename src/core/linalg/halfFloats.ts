/** IEEE 754 binary16. (DataView.getFloat16 isn't in Node 20.) */
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

/** bfloat16: the upper half of a binary32. */
export function decodeBfloat(bits: number): number {
  singleBits[0] = bits << 16;
  return single[0]!;
}
