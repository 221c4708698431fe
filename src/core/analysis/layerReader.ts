// Reads layers ahead of the engine.
import { readLayer } from '../weights/readLayer.ts';
import type { PlannedLayer } from './plan.ts';

/** Where a layer's bytes are read to. */
export interface LayerMemory {
  readonly bytes: Uint8Array;
  /** Gives the memory back, where the engine’s own was taken. */
  release?(): void;
}

/** Reads planned layers ahead, into a ring of buffers. */
export interface LayerReader {
  bytesRead(): number;
  /**
   * Returns the layer's bytes; starts the next layer's read once this one is here, or half of it where the bytes come over a
   * network: else the line would be idle for a round trip between two layers. The buffer is filled again `ring` layers
   * later: by then, and by `take` of the layer before, nobody may read it any more.
   */
  take(at: number): Promise<Uint8Array>;
  /** Releases the buffer of a layer: nobody waits for the layer's bytes any more. */
  release(at: number): void;
  /** Gives the memory back once no read is under way any more. */
  close(): Promise<void>;
}

/** Small layers may take so much together, where an engine takes several of them at once. */
const SMALL_LAYERS_BYTES = 32e6;
const MAX_RING = 40;

/**
 * How many layers lie in memory at once. An engine that takes layers while it computes one has three, and more of small
 * ones: a browser may let 100 ms pass before each answer of a GPU (Firefox's bug 1870699), so that many are waited for at
 * once. Any other engine has two.
 */
export function ringOf(layers: readonly PlannedLayer[], overlaps: boolean | undefined): number {
  if (!overlaps) return 2;
  return Math.max(3, Math.min(MAX_RING, Math.floor(SMALL_LAYERS_BYTES / bufferBytesOf(layers))));
}

/** Bytes of a buffer that holds any of the layers. */
const bufferBytesOf = (layers: readonly PlannedLayer[]) =>
  Math.max(0, ...layers.map(({ plan: { bufferBytes } }) => bufferBytes));

interface LayerReaderOptions {
  /** How many layers lie in memory at once, 2 at least: one is filled while the others are computed on. */
  readonly ring: number;
  /** True where the bytes are read over a network. */
  readonly isRemote: boolean;
  allocate(bytes: number): LayerMemory;
}

/** Makes a reader of these layers, in their order. */
export function createLayerReader(
  layers: readonly PlannedLayer[],
  { ring, isRemote, allocate }: LayerReaderOptions,
  signal: AbortSignal,
): LayerReader {
  const size = bufferBytesOf(layers);
  const buffers: LayerMemory[] = [];
  let read = 0;
  /** The last layer that was asked for: the next one's buffer is free. */
  let taken = -1;
  /** Layers of which half is here. */
  const halfRead = new Set<number>();
  const start = (at: number): Promise<Uint8Array> => {
    buffers[at % ring] ??= allocate(size);
    const buffer = buffers[at % ring]!.bytes;
    const { plan } = layers[at]!;
    let ofLayer = 0;
    const done = readLayer(plan, buffer, {
      signal,
      onBytes: (more) => {
        read += more;
        ofLayer += more;
        if (!isRemote || ofLayer < plan.bufferBytes / 2 || halfRead.has(at)) return;
        halfRead.add(at);
        if (at === taken) ensure(at + 1);
      },
    }).then(() => buffer);
    // It is awaited later; until then a failure must not count as unhandled.
    done.catch(() => {});
    return done;
  };
  const pending = new Map<number, Promise<Uint8Array>>();
  const ensure = (at: number) => {
    if (at < layers.length && !pending.has(at)) pending.set(at, start(at));
  };
  return {
    bytesRead: () => read,
    take(at) {
      taken = at;
      ensure(at);
      if (halfRead.has(at)) ensure(at + 1);
      return pending.get(at)!.then((buffer) => {
        ensure(at + 1);
        return buffer;
      });
    },
    release(at) {
      pending.delete(at);
    },
    async close() {
      await Promise.allSettled(pending.values());
      for (const { release } of buffers) release?.();
    },
  };
}
