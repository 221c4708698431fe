// The engines that Node can run.
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import {
  createEnginePool,
  type EngineChoice,
  type EnginePool,
  hasFusedMultiplyAdd,
} from '../core/engines/index.ts';
import { QKError } from '../core/errors.ts';
import { findGpu } from './findGpu.ts';
import { createNodeThread } from './wasmThreads.ts';

export const NODE_ENGINES = ['webgpu', 'wasm', 'reference'] as const;

/** More gain nothing: memory is the limit. */
const MAX_THREADS = 16;

export interface NodePoolOptions {
  readonly engine: EngineChoice;
  /** The machine's cores unless told. */
  readonly threads?: number | undefined;
  /** The built file of a thread of the wasm engine. */
  readonly threadEntry: URL;
}

/** Creates the pool of engines for one process. The package `webgpu` is looked for where a GPU may be taken. */
export async function createNodePool({ engine, threads, threadEntry }: NodePoolOptions): Promise<EnginePool> {
  offerRelaxedSimd();
  const gpu = engine === 'auto' || engine === 'webgpu' ? await findGpu() : 'it wasn’t asked for';
  if (engine === 'webgpu' && typeof gpu === 'string')
    throw new QKError('engine-unavailable', `WebGPU can't be used: ${gpu}.`, {
      hint: 'Install the package webgpu beside qkscope (npm install webgpu), or take --engine wasm.',
    });
  const pool = createEnginePool({
    gpu: typeof gpu === 'string' ? undefined : gpu,
    whyNoGpu: typeof gpu === 'string' ? gpu : undefined,
    engines: NODE_ENGINES,
    threads: {
      threads: threads ?? Math.min(MAX_THREADS, availableParallelism()),
      createThread: () => createNodeThread(threadEntry),
    },
  });
  if (engine === 'webgpu') {
    const offer = (await pool.offers()).find(({ id }) => id === 'webgpu');
    if (offer?.available !== true)
      throw new QKError(
        'engine-unavailable',
        `WebGPU can't be used: ${offer?.detail ?? 'it isn’t offered'}.`,
        {
          hint: 'On Linux it takes Vulkan: the loader (libvulkan1 on Debian and Ubuntu) and the card’s own driver. Or take --engine wasm.',
        },
      );
  }
  return pool;
}

/**
 * Node 20 has WebAssembly's fused multiply-adds behind a flag, later ones have them without. They are asked for before
 * anything is compiled, so that Node computes what a browser on the same machine does; the result's device names them.
 */
function offerRelaxedSimd(): void {
  if (!hasFusedMultiplyAdd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
