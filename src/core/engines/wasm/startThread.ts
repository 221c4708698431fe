import { BOARD, BOARD_BYTES } from './jobQueue.ts';
import type { Kernels } from './kernelModule.ts';
import { takeJobs } from './threadLoop.ts';

/** What a thread is given. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: number;
  /** Where the address of this thread's scratch memory is kept. */
  readonly scratchSlot: number;
}

/** Waits for slices of work and takes part in each, until the board is closed. Blocks its thread. */
export async function startThread(
  { module, memory, board: at, scratchSlot }: ThreadStart,
  ready: () => void,
): Promise<void> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  const board = new Int32Array(memory.buffer, at, BOARD_BYTES / 4);
  const slot = new Int32Array(memory.buffer, scratchSlot, 1);
  ready();
  let seen = 0;
  for (;;) {
    Atomics.wait(board, BOARD.generation, seen);
    if (Atomics.load(board, BOARD.isClosed) !== 0) return;
    seen = Atomics.load(board, BOARD.generation);
    takeJobs(kernels, memory, board, () => Atomics.load(slot, 0) >>> 0);
  }
}
