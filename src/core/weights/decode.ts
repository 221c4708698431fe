// Decodes a matrix to float64.
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import { decodeBfloat, decodeHalf } from '../linalg/halfFloats.ts';
import type { MatrixView } from './matrixView.ts';

/**
 * Decodes the matrix as float64, row-major [rows, cols]. Every F32, F16 and BF16 value is exact in float64.
 */
export function decodeMatrix(view: MatrixView): Float64Array {
  const { bytes, dtype, offset, rows, cols, rowStride, colStride } = view;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = BYTES_PER_ELEMENT[dtype];
  const read = readerOf(dtype);
  const out = new Float64Array(rows * cols);
  for (let j = 0; j < cols; j++) {
    for (let i = 0; i < rows; i++)
      out[i * cols + j] = read(data, offset + (i * rowStride + j * colStride) * size);
  }
  return out;
}

/** Reads one element at a byte position, little-endian, as float64. */
export function readerOf(dtype: MatrixView['dtype']): (data: DataView, byteOffset: number) => number {
  return READERS[dtype];
}

const READERS = {
  F64: (data: DataView, byteOffset: number) => data.getFloat64(byteOffset, true),
  F32: (data: DataView, byteOffset: number) => data.getFloat32(byteOffset, true),
  F16: (data: DataView, byteOffset: number) => decodeHalf(data.getUint16(byteOffset, true)),
  BF16: (data: DataView, byteOffset: number) => decodeBfloat(data.getUint16(byteOffset, true)),
} as const;
