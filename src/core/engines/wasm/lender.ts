import type { LentMemory } from '../engine.ts';
import { type Heap, PAGE } from './heap.ts';
import type { KernelMemoryType } from './kernelModule.ts';

/** Lends the kernels' memory to whoever reads layers, so that they needn't be copied into it. */
export interface Lender {
  /** null where the memory isn't shared, or hasn't enough: what grows unshared detaches its arrays. */
  lend(bytes: number): LentMemory | null;
  /** Whether an array was lent: it lies in the kernels' memory, at its byteOffset. */
  hasLent(bytes: Uint8Array): boolean;
}

/** Of the largest size that the memory may have: what is rewritten needs room too, and other loads. */
const MOST = 1 / 4;

export function createLender(heap: Heap, { shared, maximumPages }: KernelMemoryType): Lender {
  const mostBytes = maximumPages * PAGE * MOST;
  /** Shared memory that grows stays where it is, under another buffer each time. */
  const buffers = new WeakSet<ArrayBufferLike>();
  let lent = 0;
  return {
    lend(bytes) {
      if (!shared || lent + bytes > mostBytes) return null;
      try {
        const { address, release } = heap.allocate(bytes);
        const { buffer } = heap.memory;
        buffers.add(buffer);
        lent += bytes;
        return {
          bytes: new Uint8Array(buffer, address, bytes),
          release() {
            lent -= bytes;
            release();
          },
        };
      } catch {
        return null;
      }
    },
    hasLent: ({ buffer }) => buffers.has(buffer),
  };
}
