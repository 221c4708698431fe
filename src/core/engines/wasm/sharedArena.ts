// Lends blocks of the kernels' memory, into which layers are read without a copy.
import type { SharedBlock } from '../engine.ts';
import { type Heap, PAGE } from './heap.ts';
import type { KernelMemoryType } from './kernelModule.ts';

/** Allocates blocks of the kernels' memory into which layers are read, so that they needn't be copied there. */
export interface SharedArena {
  /**
   * Returns null where the memory isn't shared, or hasn't enough: an unshared memory that grows detaches its arrays.
   */
  allocateShared(bytes: number): SharedBlock | null;
  /** Returns whether an array lies in the kernels' memory, at its byteOffset. */
  owns(bytes: Uint8Array): boolean;
}

/** The share of the memory's maximum that the arena may take: other loads and rewritten matrices need room too. */
const MAX_SHARE = 1 / 4;

export function createSharedArena(heap: Heap, { shared, maximumPages }: KernelMemoryType): SharedArena {
  const maxBytes = maximumPages * PAGE * MAX_SHARE;
  /** Shared memory that grows stays where it is, under another buffer each time. */
  const buffers = new WeakSet<ArrayBufferLike>();
  let allocated = 0;
  return {
    allocateShared(bytes) {
      if (!shared || allocated + bytes > maxBytes) return null;
      try {
        const { address, release } = heap.allocate(bytes);
        const { buffer } = heap.memory;
        buffers.add(buffer);
        allocated += bytes;
        return {
          bytes: new Uint8Array(buffer, address, bytes),
          release() {
            allocated -= bytes;
            release();
          },
        };
      } catch {
        return null;
      }
    },
    owns: ({ buffer }) => buffers.has(buffer),
  };
}
