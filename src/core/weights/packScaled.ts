// Packs a matrix as float32, scaled by a power of two.
import { BYTES_PER_ELEMENT, type ScoredDtype } from '../formats/dtype.ts';
import { decodeBfloat, decodeHalf } from '../linalg/halfFloats.ts';
import { exponentOf } from '../linalg/powerOfTwoScale.ts';
import type { MatrixView } from './matrixView.ts';

export interface Packed {
  /** The true element is the packed one times 2^exponent; the largest packed one lies in [0.5, 1). */
  readonly exponent: number;
  /** False when an element is NaN or infinite; the target's part is zero then. */
  readonly allFinite: boolean;
}

/**
 * Writes a matrix as float32 [cols, width] (each head feature's weights in a row, nn.Linear's own order; the columns
 * from `rows` to `width` are zero), scaled by a power of two so that no product over- or underflows. That rounds
 * nothing but what lies 2^126 below the largest element.
 * @param target exactly cols · width long
 */
export function packScaled(view: MatrixView, target: Float32Array, width = view.rows): Packed {
  const { rows, cols, rowStride, colStride } = view;
  const { values, table } = elementsOf(view);
  let largest = 0;
  for (let j = 0; j < cols; j++) {
    for (let i = 0, position = j * colStride; i < rows; i++, position += rowStride) {
      const value = Math.abs(table === null ? values[position]! : table[values[position]!]!);
      // Also true for NaN.
      if (!(value < Infinity)) {
        target.fill(0);
        return { exponent: 0, allFinite: false };
      }
      if (value > largest) largest = value;
    }
  }
  const exponent = largest === 0 ? 0 : exponentOf(largest);
  // In two steps: 2^-exponent itself may not be a double.
  const half = Math.trunc(-exponent / 2);
  const [first, second] = [2 ** half, 2 ** (-exponent - half)];
  for (let j = 0; j < cols; j++) {
    let to = j * width;
    for (let i = 0, position = j * colStride; i < rows; i++, position += rowStride) {
      target[to++] = (table === null ? values[position]! : table[values[position]!]!) * first * second;
    }
    target.fill(0, to, (j + 1) * width);
  }
  return { exponent, allFinite: true };
}

/** Returns the matrix's elements from its first one on, as an aligned array; `table` decodes 16-bit ones. */
function elementsOf({ bytes, dtype, offset, rows, cols, rowStride, colStride }: MatrixView) {
  const size = BYTES_PER_ELEMENT[dtype];
  const count = (rows - 1) * rowStride + (cols - 1) * colStride + 1;
  const start = bytes.byteOffset + offset;
  // Old safetensors files aren't padded: typed arrays refuse such offsets, so their bytes are moved.
  const [buffer, byteOffset] =
    start % size === 0 ? [bytes.buffer, start] : [bytes.slice(offset, offset + count * size).buffer, 0];
  if (dtype === 'F64') return { values: new Float64Array(buffer, byteOffset, count), table: null };
  if (dtype === 'F32') return { values: new Float32Array(buffer, byteOffset, count), table: null };
  return { values: new Uint16Array(buffer, byteOffset, count), table: tableOf(dtype) };
}

const tables = new Map<ScoredDtype, Float32Array>();

/** Returns all 65,536 values of a 16-bit type: a look-up is several times faster than decoding. */
function tableOf(dtype: 'F16' | 'BF16'): Float32Array {
  let table = tables.get(dtype);
  if (table === undefined) {
    table = Float32Array.from({ length: 65_536 }, (_, bits) =>
      dtype === 'F16' ? decodeHalf(bits) : decodeBfloat(bits),
    );
    tables.set(dtype, table);
  }
  return table;
}
