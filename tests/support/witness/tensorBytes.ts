/** A tensor as a file stores it. GGUF's types are named by their number: "gguf:2". */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  /** Outermost first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  'gguf:0': 4,
  'gguf:1': 2,
  'gguf:30': 2,
};

/** True of types that have one number an element. */
export function isPlain({ dtype }: StoredTensor): boolean {
  return BYTES[dtype] !== undefined;
}

/** The tensor's numbers, by IEEE 754 (bfloat16 is float32's upper half). */
export function valuesOf({ dtype, data }: StoredTensor): Float64Array {
  const size = BYTES[dtype];
  if (size === undefined) throw new Error(`No plain numbers: ${dtype}.`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float64Array.from({ length: data.length / size }, (_, i) => {
    switch (dtype) {
      case 'F64':
        return view.getFloat64(8 * i, true);
      case 'F32':
      case 'gguf:0':
        return view.getFloat32(4 * i, true);
      case 'F16':
      case 'gguf:1':
        return half(view.getUint16(2 * i, true));
      default:
        return upperHalf(view.getUint16(2 * i, true));
    }
  });
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function upperHalf(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

/** The same numbers in a wider type that holds them exactly. */
export function widened(tensor: StoredTensor, dtype: 'F32' | 'F64' | 'gguf:0'): StoredTensor {
  const values = valuesOf(tensor);
  const data =
    dtype === 'F64' ? new Uint8Array(values.buffer) : new Uint8Array(Float32Array.from(values).buffer);
  return { ...tensor, dtype, data };
}

/** Some rows of a matrix, or some elements of a vector, in the order given. */
export function takeRows(tensor: StoredTensor, rows: readonly number[]): StoredTensor {
  const [count = 1, ...rest] = tensor.shape;
  const size = tensor.data.length / count;
  const data = new Uint8Array(rows.length * size);
  for (const [at, row] of rows.entries())
    data.set(tensor.data.subarray(row * size, (row + 1) * size), at * size);
  return { ...tensor, shape: [rows.length, ...rest], data };
}

export function takeColumns(tensor: StoredTensor, columns: readonly number[]): StoredTensor {
  const [rows = 1, width = 1] = tensor.shape;
  const size = tensor.data.length / (rows * width);
  const data = new Uint8Array(rows * columns.length * size);
  for (let row = 0; row < rows; row++)
    for (const [at, column] of columns.entries()) {
      const from = (row * width + column) * size;
      data.set(tensor.data.subarray(from, from + size), (row * columns.length + at) * size);
    }
  return { ...tensor, shape: [rows, columns.length], data };
}
