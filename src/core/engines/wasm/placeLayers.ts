// Copies layers into the kernels' memory.
import { kvHeadOf, type LayerWeights } from '../../weights/layerWeights.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import { packScaled } from '../../weights/packScaled.ts';
import { joinRanges } from '../byteSpans.ts';
import type { LayerShape } from '../engine.ts';
import type { Block, Heap } from './heap.ts';
import { type MatrixSource, rewrittenSource, sourceOf } from './matrixSource.ts';
import type { SharedArena } from './sharedArena.ts';

/** A head's matrix in the kernels' memory. */
export interface PlacedMatrix {
  readonly source: MatrixSource;
  /** The true elements are the placed ones times 2^exponent. */
  readonly exponent: number;
  /** True where it lies here as float32 of magnitude about 1, not as it was stored. */
  readonly isRewritten: boolean;
  /** False once an element was found to be infinite or NaN. */
  readonly allFinite: boolean;
}

export interface PlacedLayer extends LayerShape {
  readonly q: PlacedMatrix[];
  readonly k: PlacedMatrix[];
  kvHeadOf(head: number): number;
}

/** Layers whose raw bytes lie in the kernels' memory. */
export interface PlacedLayers {
  readonly layers: readonly PlacedLayer[];
  /** Rewrites a matrix whose elements are too large or too small for sums in float32, scaled by a power of two. */
  rescale(layer: PlacedLayer, side: 'q' | 'k', head: number): void;
  release(): void;
}

/**
 * Copies what the heads need, as it is stored, unless it was read into the kernels' memory; only what no kernel
 * reads (float64, odd strides) is rewritten as float32.
 */
export function placeLayers(heap: Heap, arena: SharedArena, weights: readonly LayerWeights[]): PlacedLayers {
  const blocks: Block[] = [];
  const placed = new Map<MatrixView, PlacedMatrix>();
  const views = weights.flatMap(({ q, k }) => [...q, ...k]);
  const take = (bytes: number): number => {
    const block = heap.allocate(bytes);
    blocks.push(block);
    return block.address;
  };
  const rewrite = (view: MatrixView): PlacedMatrix => {
    const length = view.rows * view.cols;
    const address = take(length * 4);
    const packed = packScaled(view, new Float32Array(heap.memory.buffer, address, length));
    return { ...packed, isRewritten: true, source: rewrittenSource(address, view.rows) };
  };
  /** Returns where the byte `begin` of an array lies in the kernels' memory. */
  const place = (bytes: Uint8Array, begin: number, end: number): number => {
    if (arena.owns(bytes)) return bytes.byteOffset + begin;
    const address = take(end - begin);
    new Uint8Array(heap.memory.buffer, address, end - begin).set(bytes.subarray(begin, end));
    return address;
  };
  const release = () => {
    for (const block of blocks) block.release();
  };
  try {
    const readable = views.filter((view) => sourceOf(view, 0) !== null).map((view) => ({ view }));
    for (const { bytes, begin, end, matrices } of joinRanges(readable)) {
      const address = place(bytes, begin, end);
      for (const { view } of matrices) {
        const source = sourceOf(view, address - begin)!;
        placed.set(view, { source, exponent: 0, isRewritten: false, allFinite: true });
      }
    }
    for (const view of views) if (!placed.has(view)) placed.set(view, rewrite(view));
  } catch (error) {
    release();
    throw error;
  }

  const originals = new Map<PlacedLayer, LayerWeights>();
  const layers = weights.map((layerWeights): PlacedLayer => {
    const { layer, dModel, dHead, q, k } = layerWeights;
    const placedLayer: PlacedLayer = {
      layer,
      heads: q.length,
      kvHeads: k.length,
      dModel,
      dHead,
      q: q.map((view) => placed.get(view)!),
      k: k.map((view) => placed.get(view)!),
      kvHeadOf: (head) => kvHeadOf(head, q.length, k.length),
    };
    originals.set(placedLayer, layerWeights);
    return placedLayer;
  });
  return {
    layers,
    rescale(layer, side, head) {
      layer[side][head] = rewrite(originals.get(layer)![side][head]!);
    },
    release,
  };
}
