import type { TensorEntry } from '../formats/checkpoint.ts';
import { BYTES_PER_ELEMENT, isScoredDtype } from '../formats/dtype.ts';
import type { Weight } from './weight.ts';

/** A tensor that is its own parameter, in numbers that the engines take; in others it is refused by its dtype. */
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
