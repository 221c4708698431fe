// Merges a layer's heads side by side, as one head.
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import { decodeMatrix } from './decode.ts';
import { kvHeadOf, type LayerWeights } from './layerWeights.ts';
import type { MatrixView } from './matrixView.ts';

/**
 * Merges a layer's heads so that its M = Σ_h Wq_h Wk_hᵀ becomes the M of few, wide heads. Queries that share a key
 * head are added up first, in float64: Σ_h Wq_h Wk_gᵀ = (Σ_h Wq_h) Wk_gᵀ; with grouped queries that leaves a
 * fraction of the work. Then neighbours are laid side by side, up to `maxColumns` columns: [Wq_1 Wq_2][Wk_1 Wk_2]ᵀ =
 * Wq_1 Wk_1ᵀ + Wq_2 Wk_2ᵀ; where they lie so in the file, nothing is copied.
 */
export function mergeHeads(weights: LayerWeights, maxColumns: number): LayerWeights {
  const { q, k, dHead } = weights;
  const groups = k.map((key, kv) => ({
    key,
    queries: q.filter((_, head) => kvHeadOf(head, q.length, k.length) === kv),
  }));
  const used = groups.filter(({ queries }) => queries.length > 0);
  const queries = used.map((group) => sumOf(group.queries));
  const count = largestDivisor(used.length, Math.floor(maxColumns / dHead));
  const wide = (views: readonly MatrixView[]) =>
    Array.from({ length: views.length / count }, (_, index) =>
      concatColumns(views.slice(index * count, (index + 1) * count)),
    );
  return { ...weights, dHead: count * dHead, q: wide(queries), k: wide(used.map(({ key }) => key)) };
}

/** Returns how many heads a merged layer has, and how wide they are. */
export function mergedShape(kvHeads: number, dHead: number, maxColumns: number) {
  const count = largestDivisor(kvHeads, Math.floor(maxColumns / dHead));
  return { heads: kvHeads / count, dHead: count * dHead };
}

/**
 * A layer of one head cut into blocks of its d rows, which become the columns of as many heads: Q_b = (Wq rows of
 * b)ᵀ, [dh, width].
 */
export interface RowBlocks {
  readonly weights: LayerWeights;
  /** The first row of each block; all are equally wide, so that the last may begin inside the one before. */
  readonly starts: readonly number[];
}

/** @param maxRows rows of a block at most */
export function rowBlocks(weights: LayerWeights, maxRows: number): RowBlocks {
  const { q, k, dModel, dHead } = weights;
  const { blocks, width } = rowBlockShape(dModel, maxRows);
  const starts = Array.from({ length: blocks }, (_, index) => Math.min(index * width, dModel - width));
  const cut = (view: MatrixView) =>
    starts.map(
      (start): MatrixView => ({
        ...view,
        offset: view.offset + start * view.rowStride * BYTES_PER_ELEMENT[view.dtype],
        ...{ rows: view.cols, cols: width, rowStride: view.colStride, colStride: view.rowStride },
      }),
    );
  return { weights: { ...weights, dModel: dHead, dHead: width, q: cut(q[0]!), k: cut(k[0]!) }, starts };
}

/** Divides d rows into as few blocks as `maxRows` allows, as evenly as possible. */
export function rowBlockShape(dModel: number, maxRows: number) {
  const blocks = Math.ceil(dModel / maxRows);
  return { blocks, width: Math.ceil(dModel / blocks) };
}

function largestDivisor(n: number, max: number): number {
  for (let divisor = Math.min(n, max); divisor > 1; divisor--) if (n % divisor === 0) return divisor;
  return 1;
}

function sumOf(views: readonly MatrixView[]): MatrixView {
  const [first, ...others] = views;
  if (others.length === 0) return first!;
  const sum = decodeMatrix(first!);
  for (const view of others) {
    const values = decodeMatrix(view);
    for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
  }
  return viewOf(sum, 'F64', first!.rows, first!.cols);
}

/** Lays matrices [d, dh] side by side as one, [d, n dh]. */
function concatColumns(views: readonly MatrixView[]): MatrixView {
  const [first] = views;
  const { rows, cols, dtype, rowStride, colStride, offset, bytes } = first!;
  const step = cols * colStride * BYTES_PER_ELEMENT[dtype];
  const isRun = views.every(
    (view, index) =>
      view.bytes === bytes &&
      view.offset === offset + index * step &&
      view.dtype === dtype &&
      view.rowStride === rowStride &&
      view.colStride === colStride,
  );
  if (isRun) return { ...first!, cols: views.length * cols };
  const isDouble = views.some((view) => view.dtype === 'F64');
  const width = views.length * cols;
  // Everything but F64 is exact in float32.
  const all = isDouble ? new Float64Array(rows * width) : new Float32Array(rows * width);
  for (const [index, view] of views.entries()) {
    const values = decodeMatrix(view);
    for (let i = 0; i < rows; i++)
      all.set(values.subarray(i * cols, (i + 1) * cols), i * width + index * cols);
  }
  return viewOf(all, isDouble ? 'F64' : 'F32', rows, width);
}

function viewOf(
  values: Float32Array | Float64Array,
  dtype: 'F32' | 'F64',
  rows: number,
  cols: number,
): MatrixView {
  const bytes = new Uint8Array(values.buffer);
  return { bytes, dtype, offset: 0, rows, cols, rowStride: cols, colStride: 1 };
}
