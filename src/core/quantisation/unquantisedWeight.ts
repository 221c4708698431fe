// Presents a tensor that isn't quantised as a weight.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { BYTES_PER_ELEMENT, isScoredDtype } from '../formats/dtype.ts';
import type { Weight } from './weight.ts';

/**
 * Presents a tensor as the parameter itself where its dtype is one that the engines accept; any other dtype is refused
 * by name.
 */
export function unquantisedWeight(entry: TensorEntry): Weight {
  const { name, dtype, shape, strides } = entry;
  const base = { name, shape, dtype, isQuantised: false };
  if (!isScoredDtype(dtype)) {
    return {
      ...base,
      parts: [],
      refused: `${name} is stored as ${dtype}. QKScope scores F64, F32, F16 and BF16 weights, and quantised weights whose method it knows.`,
    };
  }
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  return {
    ...base,
    parts: [entry],
    ...(strides === undefined && shape.length > 1 ? { rowBytes: width * BYTES_PER_ELEMENT[dtype] } : {}),
  };
}
