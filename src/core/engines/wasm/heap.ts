// Allocates blocks of the kernels' memory.
import { QKError } from '../../errors.ts';

/** A part of the kernels' memory. */
export interface Block {
  /** A multiple of ALIGNMENT. */
  readonly address: number;
  release(): void;
}

/** Hands out parts of a WebAssembly memory, which grows when it must. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Contents aren't cleared. @throws QKError 'too-large' when the memory can't grow as far */
  allocate(bytes: number): Block;
}

/** Bytes: what a WebAssembly memory grows by. */
export const PAGE = 65_536;
/** Bytes: a cache line; and no kernel's reading past the end of a block meets the end of the memory. */
export const ALIGNMENT = 64;
/** Grown by at least this much: each growth may move the memory. */
const GROWTH_PAGES = 256;

interface Gap {
  from: number;
  to: number;
}

/** First fit over a list of gaps, joined again as blocks come back. */
export function createHeap(memory: WebAssembly.Memory): Heap {
  // Address 0 is left out: a forgotten address shows.
  let gaps: Gap[] = [{ from: ALIGNMENT, to: memory.buffer.byteLength }];
  const grow = (bytes: number) => {
    const end = memory.buffer.byteLength;
    const pages = Math.max(GROWTH_PAGES, Math.ceil(bytes / PAGE));
    try {
      memory.grow(pages);
    } catch (cause) {
      throw new QKError('too-large', 'These weights exceed what WebAssembly may take of memory here.', {
        where: `${Math.round(bytes / 2 ** 20)} MiB more were needed`,
        hint: 'Close other tabs, or choose another engine in the settings.',
        cause,
      });
    }
    giveBack(end, memory.buffer.byteLength);
  };
  const giveBack = (from: number, to: number) => {
    const joined = { from, to };
    const rest: Gap[] = [];
    for (const gap of gaps) {
      if (gap.to === joined.from) joined.from = gap.from;
      else if (gap.from === joined.to) joined.to = gap.to;
      else rest.push(gap);
    }
    gaps = [...rest, joined].toSorted((a, b) => a.from - b.from);
  };
  return {
    memory,
    allocate(bytes) {
      const size = Math.ceil((bytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
      let gap = gaps.find(({ from, to }) => to - from >= size);
      if (gap === undefined) {
        grow(size);
        gap = gaps.find(({ from, to }) => to - from >= size)!;
      }
      const address = gap.from;
      gap.from += size;
      gaps = gaps.filter(({ from, to }) => to > from);
      let isHeld = true;
      return {
        address,
        release() {
          if (!isHeld) return;
          isHeld = false;
          giveBack(address, address + size);
        },
      };
    },
  };
}
