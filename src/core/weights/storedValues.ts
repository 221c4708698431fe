// Decodes a weight's stored values.
import type { ScoredDtype } from '../formats/dtype.ts';
import type { Weight } from '../quantisation/weight.ts';
import { decodeMatrix } from './decode.ts';
import { bytesOfRange, type LayerPlan } from './layerPlan.ts';
import { rowMajorBytes } from './rowMajor.ts';

/** Returns a whole weight as float64, row-major, out of a buffer that holds the plan's spans. */
export function storedValues(plan: LayerPlan, weight: Weight, buffer: Uint8Array): Float64Array {
  const use = plan.uses.find((of) => of.weight === weight)!;
  return decodeWeight(
    weight,
    use.ranges.map((range) => bytesOfRange(plan, buffer, range)),
  );
}

/** Decodes a whole weight as float64, row-major, from the bytes of its parts. */
export function decodeWeight(weight: Weight, parts: readonly Uint8Array[]): Float64Array {
  if (weight.decode !== undefined) return Float64Array.from(weight.decode(parts));
  const entry = weight.parts[0]!;
  const [rows, cols] =
    weight.shape.length === 1
      ? [1, weight.shape[0]!]
      : [weight.shape[0]!, weight.shape.slice(1).reduce((product, size) => product * size, 1)];
  return decodeMatrix({
    bytes: rowMajorBytes(entry, parts[0]!),
    dtype: entry.dtype as ScoredDtype,
    offset: 0,
    rows,
    cols,
    rowStride: cols,
    colStride: 1,
  });
}
