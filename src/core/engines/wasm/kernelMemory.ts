// Creates the kernels' memory, as large as the browser grants.
import { QKError } from '../../errors.ts';
import type { KernelMemoryType } from './kernelModule.ts';

/** 4 GiB, WebAssembly's own limit, or what the browser grants. */
const MAXIMUM_PAGES = [65_536, 32_768, 16_384, 4096];

/** Shared memory must declare its largest size; where the browser grants less, less is asked for. */
export function createKernelMemory(wantsShared: boolean): {
  memory: WebAssembly.Memory;
  type: KernelMemoryType;
} {
  let refused: unknown;
  for (const shared of wantsShared ? [true, false] : [false]) {
    for (const maximumPages of MAXIMUM_PAGES) {
      try {
        const memory = new WebAssembly.Memory({ initial: 16, maximum: maximumPages, shared });
        return { memory, type: { shared, maximumPages } };
      } catch (error) {
        refused = error;
      }
    }
  }
  throw new QKError('engine-unavailable', 'WebAssembly got no memory here.', {
    hint: 'Close other tabs, or choose another engine in the settings.',
    cause: refused,
  });
}
