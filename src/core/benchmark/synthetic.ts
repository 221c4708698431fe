// Makes up weights of a given shape.
import { QKError } from '../errors.ts';
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import { encodeBfloat, encodeHalf } from '../linalg/halfFloats.ts';
import { mulberry32 } from '../linalg/random.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import type { WorkShape } from './flops.ts';

/** What the page may hold beside the engines' own copies: a tab has about 4 GB. */
export const SYNTHETIC_BYTES_AT_MOST = 2 * 2 ** 30;

/** What random weights may be stored as. */
export const SYNTHETIC_DTYPES = ['F32', 'F16', 'BF16'] as const;
export type SyntheticDtype = (typeof SYNTHETIC_DTYPES)[number];

/**
 * Makes random weights of a chosen shape, uniform with variance 1/d, the same for the same seed: F16 and BF16 are
 * the F32 ones, rounded. Each layer has two buffers, as a checkpoint has two nn.Linear tensors: [heads·dh, d] for Q
 * and [kvHeads·dh, d] for K. `count` of the shape's layers are made, from layer 0.
 * @throws QKError 'layout-mismatch' for a shape that can't be, 'too-large' above SYNTHETIC_BYTES_AT_MOST.
 */
export function syntheticLayers(
  shape: WorkShape,
  seed: number,
  count = shape.layers,
  dtype: SyntheticDtype = 'F32',
): LayerWeights[] {
  checkShape(shape, count, dtype);
  return Array.from({ length: count }, (_, layer) => ({
    stack: 'self',
    layer,
    dModel: shape.dModel,
    dHead: shape.dHead,
    q: tensor(shape.heads, shape, mulberry32(seed * 8191 + 2 * layer), dtype),
    k: tensor(shape.kvHeads, shape, mulberry32(seed * 8191 + 2 * layer + 1), dtype),
  }));
}

/** "synthetic 24 × 16, d 1024, dh 64"; of another dtype than F32 "…, BF16" */
export function describeSynthetic(
  { layers, heads, kvHeads, dModel, dHead }: WorkShape,
  dtype: SyntheticDtype = 'F32',
): string {
  const keys = kvHeads === heads ? '' : ` (${kvHeads} kv)`;
  return `synthetic ${layers} × ${heads}${keys}, d ${dModel}, dh ${dHead}${dtype === 'F32' ? '' : `, ${dtype}`}`;
}

/** @throws QKError as syntheticLayers does, before anything is allocated. */
export function checkShape(shape: WorkShape, count: number, dtype: SyntheticDtype = 'F32'): void {
  const { layers, heads, kvHeads, dModel, dHead } = shape;
  const positive = [layers, heads, kvHeads, dModel, dHead].every((n) => Number.isSafeInteger(n) && n > 0);
  if (!positive || heads % kvHeads !== 0) {
    throw new QKError('layout-mismatch', 'That shape makes no attention layer.', {
      hint: 'Use whole numbers above 0; the KV heads must divide the heads.',
    });
  }
  const bytes = count * (heads + kvHeads) * dHead * dModel * BYTES_PER_ELEMENT[dtype];
  if (bytes > SYNTHETIC_BYTES_AT_MOST) {
    throw new QKError('too-large', `These weights would take ${(bytes / 2 ** 30).toFixed(1)} GiB.`, {
      hint: 'Time fewer layers, or one head and one layer: time per head is the same.',
    });
  }
}

function tensor(
  heads: number,
  { dModel, dHead }: WorkShape,
  random: () => number,
  dtype: SyntheticDtype,
): MatrixView[] {
  const values = new (dtype === 'F32' ? Float32Array : Uint16Array)(heads * dHead * dModel);
  const encode = { F32: (x: number) => x, F16: encodeHalf, BF16: encodeBfloat }[dtype];
  const width = Math.sqrt(12 / dModel);
  for (let i = 0; i < values.length; i++) values[i] = encode(Math.fround((random() - 0.5) * width));
  const bytes = new Uint8Array(values.buffer);
  return Array.from({ length: heads }, (_, head) => ({
    bytes,
    dtype,
    offset: head * dHead * dModel * BYTES_PER_ELEMENT[dtype],
    rows: dModel,
    cols: dHead,
    rowStride: 1,
    colStride: dModel,
  }));
}
