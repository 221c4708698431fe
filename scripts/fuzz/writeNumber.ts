/** Writes a whole number over bytes, as far as there are any. */
export function writeNumber(
  bytes: Uint8Array,
  at: number,
  { width, isBig, value }: { readonly width: number; readonly isBig: boolean; readonly value: bigint },
): Uint8Array {
  for (let i = 0; i < width && at + i < bytes.length; i++)
    bytes[at + i] = Number((value >> BigInt(8 * (isBig ? width - 1 - i : i))) & 255n);
  return bytes;
}
