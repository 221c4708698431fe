// Describes where and how a matrix is stored in the kernels' memory.
import type { MatrixView } from '../../weights/matrixView.ts';
import type { Kernels } from './kernelModule.ts';
import { RAW_BYTES, RAW_TYPES, type RawType } from './kernels/vectors.ts';

/** A matrix as the kernels read it: its raw elements in their memory. */
export interface MatrixSource {
  /** Index into PACKINGS. */
  readonly packing: number;
  readonly address: number;
  /** Bytes: from one feature to the next, or, for columns, from one input dimension to the next. */
  readonly stride: number;
}

type PackName = Extract<keyof Kernels, `pack${string}`>;

export interface Packing {
  readonly kernel: PackName;
  /** Bytes from one input dimension to the next; for columns it is the source's own stride. */
  readonly columnBytes: number | null;
}

/** The layouts that the kernels read as they lie; `packing` in a MatrixSource is a position in this list. */
export const PACKINGS: readonly Packing[] = RAW_TYPES.flatMap((type): Packing[] => [
  { kernel: `packRows${type}`, columnBytes: RAW_BYTES[type] },
  { kernel: `packColumns${type}`, columnBytes: null },
]);

/**
 * Returns where the matrix is read as it lies, from `base`, the address of its view's first byte; null where it must
 * be rewritten first.
 */
export function sourceOf(
  { dtype, offset, rowStride, colStride }: MatrixView,
  base: number,
): MatrixSource | null {
  if (dtype === 'F64' || (rowStride !== 1 && colStride !== 1)) return null;
  const stride = (rowStride === 1 ? colStride : rowStride) * RAW_BYTES[dtype];
  return { packing: packingOf(dtype, rowStride === 1), address: base + offset, stride };
}

/** Describes float32 [dh, d] at `address`, each feature's weights in a row. */
export function rewrittenSource(address: number, dModel: number): MatrixSource {
  return { packing: packingOf('F32', true), address, stride: dModel * 4 };
}

function packingOf(type: RawType, isRows: boolean): number {
  return 2 * RAW_TYPES.indexOf(type) + (isRows ? 0 : 1);
}
