// Decodes GGUF's "K" blocks of 256 weights.
import { decodeHalf } from '../../linalg/halfFloats.ts';

/*
 * "K" blocks of 256 weights in sub-blocks (ggml/src/ggml-common.h; dequantize_row_q4_K, _q5_K, _q6_K in ggml-quants.c).
 * Q4_K and Q5_K: half-precision d and dmin, 12 bytes that pack eight 6-bit scales and eight 6-bit minima, then for Q5_K 32 bytes of
 * fifth bits, then nibbles. Q6_K: low nibbles, pairs of high bits, sixteen signed scales, d at the end.
 */

const WEIGHTS = 256;

/** Decodes Q4_K (144 bytes a block) and Q5_K (176). */
export function dequantiseK45(type: 'Q4_K' | 'Q5_K', bytes: Uint8Array, out: Float32Array): void {
  const hasFifthBit = type === 'Q5_K';
  const blockBytes = hasFifthBit ? 176 : 144;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0, to = 0; block < bytes.length; block += blockBytes) {
    const d = decodeHalf(view.getUint16(block, true));
    const dmin = decodeHalf(view.getUint16(block + 2, true));
    const scales = block + 4;
    const fifths = block + 16;
    let nibbles = hasFifthBit ? block + 48 : block + 16;
    for (let pair = 0; pair < 4; pair++, nibbles += 32) {
      for (let which = 0; which < 2; which++) {
        const sub = 2 * pair + which;
        const scale = d * scaleOf(bytes, scales, sub);
        const minimum = dmin * minimumOf(bytes, scales, sub);
        for (let i = 0; i < 32; i++) {
          const byte = bytes[nibbles + i]!;
          const low = which === 0 ? byte & 15 : byte >> 4;
          const fifth = hasFifthBit ? ((bytes[fifths + i]! >> sub) & 1) << 4 : 0;
          out[to++] = scale * (low | fifth) - minimum;
        }
      }
    }
  }
}

/** Extracts the j-th 6-bit scale from the twelve bytes at `at`. */
function scaleOf(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j]! & 63;
  return (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4);
}

/** Extracts the j-th 6-bit minimum. */
function minimumOf(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j + 4]! & 63;
  return (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4);
}

/** Decodes Q6_K, 210 bytes a block: each half has 64 low-nibble bytes, 32 bytes of high bits and eight scales. */
export function dequantiseQ6K(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0, to = 0; block < bytes.length; block += 210, to += WEIGHTS) {
    const d = decodeHalf(view.getUint16(block + 208, true));
    for (let half = 0; half < 2; half++) {
      const low = block + 64 * half;
      const high = block + 128 + 32 * half;
      const scales = block + 192 + 8 * half;
      const at = to + 128 * half;
      for (let l = 0; l < 32; l++) {
        const [a, b, h] = [bytes[low + l]!, bytes[low + l + 32]!, bytes[high + l]!];
        const q = [
          (a & 15) | ((h & 3) << 4),
          (b & 15) | (((h >> 2) & 3) << 4),
          (a >> 4) | (((h >> 4) & 3) << 4),
          (b >> 4) | ((h >> 6) << 4),
        ];
        for (let quarter = 0; quarter < 4; quarter++) {
          const scale = view.getInt8(scales + 2 * quarter + (l >> 4));
          out[at + 32 * quarter + l] = d * scale * (q[quarter]! - 32);
        }
      }
    }
  }
}
