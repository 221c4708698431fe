import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import type { MatrixView } from './matrixView.ts';

/** The matrix as float64, row-major [rows, cols]. Every F32, F16 and BF16 value is exact in float64. */
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
export function readerOf(dtype: MatrixView['dtype']): (data: DataView, at: number) => number {
  return READERS[dtype];
}

const READERS = {
  F64: (data: DataView, at: number) => data.getFloat64(at, true),
  F32: (data: DataView, at: number) => data.getFloat32(at, true),
  F16: (data: DataView, at: number) => decodeHalf(data.getUint16(at, true)),
  BF16: (data: DataView, at: number) => decodeBfloat(data.getUint16(at, true)),
} as const;

/** IEEE 754 binary16. (DataView.getFloat16 isn't in Node 20.) */
export function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** bfloat16: the upper half of a binary32. */
export function decodeBfloat(bits: number): number {
  singleBits[0] = bits << 16;
  return single[0]!;
}
