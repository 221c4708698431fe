// Presents a tensor in GGUF's blocks as a weight.
import type { TensorEntry } from '../../formats/checkpoint.ts';
import { type Dtype, GGML_BLOCKS, type GgmlDtype } from '../../formats/dtype.ts';
import type { Weight } from '../weight.ts';
import { dequantise, isDecodedGgml } from './dequantise.ts';

/**
 * Presents a tensor in ggml's blocks as a weight. Blocks run along its rows, so that some rows can be read without the
 * others.
 */
export function ggmlWeight(entry: TensorEntry & { readonly dtype: GgmlDtype }): Weight {
  const { name, dtype, shape } = entry;
  const base = { name, shape, dtype, isQuantised: true };
  if (!isDecodedGgml(dtype)) {
    return {
      ...base,
      parts: [],
      refused: `${name} is quantised as ${dtype}, which QKScope doesn't decode: open the F16, Q8_0 or Q4_K file of the same model, or its safetensors.`,
    };
  }
  const { elements, bytes } = GGML_BLOCKS[dtype];
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  return {
    ...base,
    parts: [entry],
    ...(shape.length > 1 ? { rowBytes: (width / elements) * bytes } : {}),
    decode: ([rows]) => dequantise(dtype, rows!),
  };
}

export function isGgmlEntry(entry: TensorEntry): entry is TensorEntry & { readonly dtype: GgmlDtype } {
  return isGgmlDtype(entry.dtype);
}

export function isGgmlDtype(dtype: Dtype): dtype is GgmlDtype {
  return Object.hasOwn(GGML_BLOCKS, dtype);
}
