// Decodes GGUF's older blocks of 32 weights.
import { decodeHalf } from '../../linalg/halfFloats.ts';

/*
 * Blocks of 32 weights (ggml/src/ggml-common.h; dequantize_row_* in ggml-quants.c): a half-precision scale d, for the _1 types
 * a half-precision minimum m, then the integers. Q5 keeps each weight's fifth bit in qh. Low nibbles are weights 0–15, high
 * ones 16–31. Products and sums are rounded once, to float32.
 */

const WEIGHTS = 32;

interface Nibbles {
  readonly bytes: number;
  readonly hasMinimum: boolean;
  readonly hasFifthBit: boolean;
}

const NIBBLES = {
  Q4_0: { bytes: 18, hasMinimum: false, hasFifthBit: false },
  Q4_1: { bytes: 20, hasMinimum: true, hasFifthBit: false },
  Q5_0: { bytes: 22, hasMinimum: false, hasFifthBit: true },
  Q5_1: { bytes: 24, hasMinimum: true, hasFifthBit: true },
} as const satisfies Record<string, Nibbles>;

/** Decodes Q4_0, Q4_1, Q5_0 and Q5_1. */
export function dequantiseNibbles(type: keyof typeof NIBBLES, bytes: Uint8Array, out: Float32Array): void {
  const { bytes: blockBytes, hasMinimum, hasFifthBit }: Nibbles = NIBBLES[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Without a minimum the integers are centred.
  const centre = hasMinimum ? 0 : hasFifthBit ? 16 : 8;
  const half = WEIGHTS / 2;
  for (let block = 0, to = 0; block < bytes.length; block += blockBytes, to += WEIGHTS) {
    const d = decodeHalf(view.getUint16(block, true));
    const m = hasMinimum ? decodeHalf(view.getUint16(block + 2, true)) : 0;
    const bits = block + (hasMinimum ? 4 : 2);
    const fifth = hasFifthBit ? view.getUint32(bits, true) : 0;
    const nibbles = bits + (hasFifthBit ? 4 : 0);
    for (let i = 0; i < half; i++) {
      const byte = bytes[nibbles + i]!;
      const low = (byte & 15) | (((fifth >>> i) & 1) << 4);
      const high = (byte >> 4) | (((fifth >>> (i + half)) & 1) << 4);
      out[to + i] = d * (low - centre) + m;
      out[to + i + half] = d * (high - centre) + m;
    }
  }
}

/** Decodes Q8_0: the scale, then 32 signed bytes. */
export function dequantiseBytes(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0, to = 0; block < bytes.length; block += WEIGHTS + 2, to += WEIGHTS) {
    const d = decodeHalf(view.getUint16(block, true));
    for (let i = 0; i < WEIGHTS; i++) out[to + i] = d * view.getInt8(block + 2 + i);
  }
}
