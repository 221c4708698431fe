// Decodes GGUF's block types.
import { GGML_BLOCKS, type GgmlDtype } from '../../formats/dtype.ts';
import { dequantiseK45, dequantiseQ6K } from './kBlocks.ts';
import { dequantiseBytes, dequantiseNibbles } from './legacyBlocks.ts';

type Decoder = (bytes: Uint8Array, out: Float32Array) => void;

/** The types that can be decoded: those of attention's weights in files down to Q4_K_M. */
const DECODERS: Partial<Record<GgmlDtype, Decoder>> = {
  Q4_0: (bytes, out) => dequantiseNibbles('Q4_0', bytes, out),
  Q4_1: (bytes, out) => dequantiseNibbles('Q4_1', bytes, out),
  Q5_0: (bytes, out) => dequantiseNibbles('Q5_0', bytes, out),
  Q5_1: (bytes, out) => dequantiseNibbles('Q5_1', bytes, out),
  Q8_0: dequantiseBytes,
  Q4_K: (bytes, out) => dequantiseK45('Q4_K', bytes, out),
  Q5_K: (bytes, out) => dequantiseK45('Q5_K', bytes, out),
  Q6_K: dequantiseQ6K,
};

export function isDecodedGgml(dtype: GgmlDtype): boolean {
  return Object.hasOwn(DECODERS, dtype);
}

/** Decodes a whole number of blocks to float32. */
export function dequantise(dtype: GgmlDtype, bytes: Uint8Array): Float32Array {
  const { elements, bytes: blockBytes } = GGML_BLOCKS[dtype];
  const decode = DECODERS[dtype];
  if (decode === undefined || bytes.length % blockBytes !== 0)
    throw new RangeError(`${bytes.length} bytes of ${dtype}`);
  const out = new Float32Array((bytes.length / blockBytes) * elements);
  decode(bytes, out);
  return out;
}
