// Applies a convention to one layer's weights.
import { type Rotation, turnAt, turnColumns } from '../linalg/rotation.ts';
import { decodeMatrix } from './decode.ts';
import type { LayerWeights } from './layerWeights.ts';
import type { MatrixView } from './matrixView.ts';

/** What a convention does to one layer's heads. */
export interface LayerTransform {
  /** γ [d], multiplied on the rows of every Wq and Wk. */
  readonly inputGain: Float64Array | null;
  /** One gain [dh] for each head, multiplied on the columns of its matrix; a list of one serves all heads. */
  readonly headGains: { readonly q: readonly Float64Array[]; readonly k: readonly Float64Array[] } | null;
  /** Keys are turned by R_Δ. */
  readonly rotation: { readonly rotation: Rotation; readonly offset: number } | null;
}

/**
 * Transformed heads are held in float64, so many bytes at a time: those of Llama-3.1-405B's layer would take 2.3 GB.
 */
const PART_BYTES = 128 * 1024 * 1024;

/** Part of a layer's heads: whole groups, so that the grouping of queries on keys stays that of the layer. */
export interface TransformedPart {
  /** The first head of the part, among the given weights' query heads. */
  readonly firstHead: number;
  readonly weights: LayerWeights;
}

/**
 * Yields a layer's weights under a convention: Wq becomes diag(γ) Wq diag(g_q), Wk becomes diag(γ) Wk diag(g_k)
 * R_Δᵀ, so that M = Wq Wkᵀ becomes diag(γ) Wq diag(g_q) R_Δ diag(g_k) Wkᵀ diag(γ). Everything in float64; nothing is
 * rounded on the way.
 * @param firstHead the layer's number of the first head, where the weights are a part of the layer (then heads have
 * keys of their own)
 */
export function* applyConvention(
  weights: LayerWeights,
  transform: LayerTransform,
  firstHead = 0,
  partBytes = PART_BYTES,
): Generator<TransformedPart> {
  const { q, k, dModel, dHead } = weights;
  const perGroup = q.length / k.length;
  const groupBytes = (perGroup + 1) * dModel * dHead * 8;
  const groupsAtOnce = Math.max(1, Math.floor(partBytes / groupBytes));
  const { inputGain, headGains, rotation } = transform;
  const turn = rotation === null ? null : turnAt(rotation.rotation, rotation.offset);
  const gainOf = (gains: readonly Float64Array[] | undefined, head: number) =>
    gains === undefined ? null : gains.length === 1 ? gains[0]! : gains[head]!;
  for (let group = 0; group < k.length; group += groupsAtOnce) {
    const until = Math.min(group + groupsAtOnce, k.length);
    const [from, to] = [group * perGroup, until * perGroup];
    yield {
      firstHead: from,
      weights: {
        ...weights,
        q: q
          .slice(from, to)
          .map((view, index) =>
            scaled(view, inputGain, gainOf(headGains?.q, firstHead + from + index), () => {}),
          ),
        k: k.slice(group, until).map((view, index) =>
          scaled(view, inputGain, gainOf(headGains?.k, firstHead + group + index), (matrix) => {
            if (turn !== null) turnColumns(matrix, dHead, turn);
          }),
        ),
      },
    };
  }
}

/** diag(rowGain) X diag(colGain) as float64, then what else is done to it. */
function scaled(
  view: MatrixView,
  rowGain: Float64Array | null,
  colGain: Float64Array | null,
  finish: (matrix: Float64Array) => void,
): MatrixView {
  const { rows, cols } = view;
  const matrix = decodeMatrix(view);
  for (let i = 0, index = 0; i < rows; i++) {
    const factor = rowGain === null ? 1 : rowGain[i]!;
    for (let j = 0; j < cols; j++, index++)
      matrix[index] = matrix[index]! * factor * (colGain === null ? 1 : colGain[j]!);
  }
  finish(matrix);
  return {
    bytes: new Uint8Array(matrix.buffer),
    dtype: 'F64',
    offset: 0,
    rows,
    cols,
    rowStride: cols,
    colStride: 1,
  };
}
