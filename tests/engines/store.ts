import type { ScoredDtype } from '../../src/core/formats/dtype.ts';
import type { MatrixView } from '../../src/core/weights/matrixView.ts';

// Written apart from src: the suite must not check the decoders against themselves.

/** A tensor as it is trained: [heads][d][dh] numbers, before they are rounded to a dtype. */
export type HeadMatrices = readonly Float64Array[];

/** How a checkpoint holds it. */
export type StorageLayout =
  /** nn.Linear: [heads · dh, d], one head after the other. */
  | 'linear'
  /** Conv1D: [d, width], a head's columns side by side within each row; before them `gap` columns of something else. */
  | 'conv1d';

export interface StoredTensor {
  readonly views: readonly MatrixView[];
  /** The same matrices, [d][dh], as they are after rounding to the dtype. */
  readonly exact: HeadMatrices;
}

const SIZE = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const;

/** Writes matrices as a checkpoint would; the first element lies `padding` bytes into the array. */
export function store(
  matrices: HeadMatrices,
  d: number,
  dh: number,
  dtype: ScoredDtype,
  layout: StorageLayout = 'linear',
  padding = 0,
): StoredTensor {
  const heads = matrices.length;
  const gap = layout === 'conv1d' ? 3 : 0;
  const width = gap + heads * dh + gap;
  const size = SIZE[dtype];
  const elements = layout === 'conv1d' ? d * width : heads * dh * d;
  const bytes = new Uint8Array(padding + elements * size + padding);
  // Bytes that belong to no matrix: read by mistake they'd show.
  bytes.fill(0x7b);
  const data = new DataView(bytes.buffer);
  const write = WRITERS[dtype];
  const views: MatrixView[] = [];
  const exact: Float64Array[] = [];
  for (const [head, matrix] of matrices.entries()) {
    const first = layout === 'conv1d' ? gap + head * dh : head * dh * d;
    const [rowStride, colStride] = layout === 'conv1d' ? [width, 1] : [1, d];
    const stored = new Float64Array(d * dh);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < dh; j++) {
        const at = padding + (first + i * rowStride + j * colStride) * size;
        stored[i * dh + j] = write(data, at, matrix[i * dh + j]!);
      }
    }
    exact.push(stored);
    views.push({ bytes, dtype, offset: padding + first * size, rows: d, cols: dh, rowStride, colStride });
  }
  return { views, exact };
}

/** Each writes one number and answers with the value that was stored. */
const WRITERS: Record<ScoredDtype, (data: DataView, at: number, value: number) => number> = {
  F64(data, at, value) {
    data.setFloat64(at, value, true);
    return value;
  },
  F32(data, at, value) {
    data.setFloat32(at, value, true);
    return Math.fround(value);
  },
  F16(data, at, value) {
    if (!Number.isFinite(value)) {
      data.setUint16(at, Number.isNaN(value) ? 0x7e00 : value < 0 ? 0xfc00 : 0x7c00, true);
      return value;
    }
    const size = Math.min(Math.abs(value), 65504);
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.max(size, 2 ** -14))));
    const steps = Math.round(size / 2 ** (exponent - 10));
    // `steps` of 1024 and more carries its leading bit into the exponent field.
    data.setUint16(at, (value < 0 ? 0x8000 : 0) | ((exponent + 14) * 1024 + steps), true);
    return Math.sign(value) * steps * 2 ** (exponent - 10);
  },
  BF16(data, at, value) {
    scratch.setFloat32(0, value);
    const bits = scratch.getUint32(0);
    const isNumber = Number.isFinite(value);
    const rounded = isNumber ? ((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000) >>> 0 : bits;
    data.setUint16(at, rounded >>> 16, true);
    scratch.setUint32(0, (rounded & 0xffff0000) >>> 0);
    return scratch.getFloat32(0);
  },
};

const scratch = new DataView(new ArrayBuffer(4));
