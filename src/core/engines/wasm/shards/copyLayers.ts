// Copies layers with only the bytes of their heads, to send them to a worker.
import { BYTES_PER_ELEMENT } from '../../../formats/dtype.ts';
import type { LayerWeights } from '../../../weights/layerWeights.ts';
import type { MatrixView } from '../../../weights/matrixView.ts';
import { stripsOf } from '../../byteSpans.ts';

/** Copies of layers that can be given away: only what their own heads need, even where heads lie interleaved. */
export function copyLayers(layers: readonly LayerWeights[]): {
  readonly layers: LayerWeights[];
  readonly buffers: ArrayBuffer[];
} {
  const copies = new Map<MatrixView, MatrixView>();
  const buffers: ArrayBuffer[] = [];
  const copyOf = (view: MatrixView): MatrixView => {
    const copied = copies.get(view);
    if (copied !== undefined) return copied;
    const copy = copyView(view);
    buffers.push(copy.bytes.buffer as ArrayBuffer);
    copies.set(view, copy);
    return copy;
  };
  return {
    layers: layers.map((layer) => ({ ...layer, q: layer.q.map(copyOf), k: layer.k.map(copyOf) })),
    buffers,
  };
}

function copyView(view: MatrixView): MatrixView {
  const { rowsAreOuter, outerCount, outerStride, stripBytes } = stripsOf(view);
  const { bytes, offset } = view;
  if (stripBytes >= outerStride) {
    const end = offset + (outerCount - 1) * outerStride + stripBytes;
    return { ...view, bytes: new Uint8Array(bytes.subarray(offset, end)), offset: 0 };
  }
  // Other heads' elements lie between the strips.
  const copy = new Uint8Array(outerCount * stripBytes);
  for (let outer = 0; outer < outerCount; outer++) {
    const from = offset + outer * outerStride;
    copy.set(bytes.subarray(from, from + stripBytes), outer * stripBytes);
  }
  const outer = stripBytes / BYTES_PER_ELEMENT[view.dtype];
  return { ...view, bytes: copy, offset: 0, ...(rowsAreOuter ? { rowStride: outer } : { colStride: outer }) };
}
