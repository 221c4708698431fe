import type { LayerTensors, ModelLayout } from '../architectures/inferLayout.ts';
import type { TensorEntry } from '../formats/checkpoint.ts';
import { BYTES_PER_ELEMENT, type ScoredDtype } from '../formats/dtype.ts';
import type { LayerWeights } from './layerWeights.ts';
import type { MatrixView } from './matrixView.ts';

/** Neighbouring ranges are fetched as one when the gap between them is at most this: a request costs more than the gap. */
export const MAX_GAP_BYTES = 32 * 1024;

/** One run of bytes of one file; `at` is where it lies in the layer's buffer. */
export interface ReadSpan {
  readonly entry: TensorEntry;
  readonly begin: number;
  readonly end: number;
  readonly at: number;
}

/** What one layer needs, before anything is read. */
export interface LayerPlan {
  readonly tensors: LayerTensors;
  readonly spans: readonly ReadSpan[];
  /** Size of the buffer that holds all spans. */
  readonly bufferBytes: number;
  /** Held by Q and K themselves: less than is read where q, k and v share rows (Conv1D) or a gap is read along. */
  readonly neededBytes: number;
}

/** The byte ranges of a layer's Q and K, neighbours joined. */
export function planLayer(tensors: LayerTensors, layout: ModelLayout): LayerPlan {
  const entries = tensors.q === tensors.k ? [tensors.q] : [tensors.q, tensors.k];
  const sorted = [...entries].sort((a, b) => a.begin - b.begin);
  const spans: ReadSpan[] = [];
  let at = 0;
  for (const entry of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && last.entry.source === entry.source && entry.begin - last.end <= MAX_GAP_BYTES) {
      at += entry.end - last.end;
      spans[spans.length - 1] = { ...last, end: entry.end };
    } else {
      spans.push({ entry, begin: entry.begin, end: entry.end, at });
      at += entry.end - entry.begin;
    }
  }
  const { dModel, dHead, heads, kvHeads } = layout;
  const bytesOf = (entry: TensorEntry, headCount: number) =>
    headCount * dHead * dModel * BYTES_PER_ELEMENT[entry.dtype as ScoredDtype];
  return {
    tensors,
    spans,
    bufferBytes: at,
    neededBytes: bytesOf(tensors.q, heads) + bytesOf(tensors.k, kvHeads),
  };
}

/** The layer's heads as views into a buffer that holds the plan's spans. */
export function viewLayer(plan: LayerPlan, layout: ModelLayout, buffer: Uint8Array): LayerWeights {
  const { dModel, dHead, heads, kvHeads } = layout;
  const { q, k, layer } = plan.tensors;
  // A fused Conv1D row is [Q | K | V], each heads · dh wide.
  const kFirst = q === k ? heads * dHead : 0;
  return {
    stack: layout.architecture.stack,
    layer,
    dModel,
    dHead,
    q: Array.from({ length: heads }, (_, head) => viewHead(plan, layout, buffer, q, head * dHead)),
    k: Array.from({ length: kvHeads }, (_, head) => viewHead(plan, layout, buffer, k, kFirst + head * dHead)),
  };
}

/** Wq or Wk of the head whose output features start at `feature`, as [d, dh]. */
function viewHead(
  plan: LayerPlan,
  layout: ModelLayout,
  buffer: Uint8Array,
  entry: TensorEntry,
  feature: number,
): MatrixView {
  const span = plan.spans.find(
    ({ entry: first, begin, end }) =>
      first.source === entry.source && begin <= entry.begin && entry.end <= end,
  )!;
  const dtype = entry.dtype as ScoredDtype;
  const width = entry.shape[1]!;
  const isLinear = layout.architecture.tensors.orientation === 'out_in';
  return {
    bytes: buffer,
    dtype,
    offset:
      span.at +
      (entry.begin - span.begin) +
      (isLinear ? feature * width : feature) * BYTES_PER_ELEMENT[dtype],
    rows: layout.dModel,
    cols: layout.dHead,
    rowStride: isLinear ? 1 : width,
    colStride: isLinear ? width : 1,
  };
}
