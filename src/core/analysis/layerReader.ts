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
  const size = Math.max(0, ...layers.map(({ plan: { bufferBytes } }) => bufferBytes));
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
