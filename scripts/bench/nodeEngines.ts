import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import * as ort from 'onnxruntime-web';
import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import type { OrtModule } from '../../src/core/engines/ort/ortSession.ts';
import { createOrtWasmEngine } from '../../src/core/engines/ort/ortWasmEngine.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import { hasFusedMultiplyAdd } from '../../src/core/engines/wasm/kernelModule.ts';
import { createWasmEngine } from '../../src/core/engines/wasm/wasmEngine.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';
import { threadMaker } from './nodeThreads.ts';

/** Engines that Node can run; webgpu only where the package `webgpu` is installed and finds a Vulkan driver. */
export const NODE_ENGINES = ['reference', 'wasm', 'wasm-one-thread', 'ort-wasm', 'webgpu'] as const;

/**
 * Node 20 has WebAssembly's fused multiply-adds behind a flag, later ones have them without: asks for them, before anything is
 * compiled. @returns what to say of it: ", relaxed SIMD by flag", or nothing.
 */
export function offerRelaxedSimd(): string {
  if (hasFusedMultiplyAdd()) return '';
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasFusedMultiplyAdd() ? ', WebAssembly’s relaxed SIMD by flag' : ', no relaxed SIMD';
}

/** The engine, or why it can't run here. `threads` of those that have a choice; the machine's unless told. */
export async function nodeEngine(key: string, threads?: number): Promise<TimedEngine | string> {
  switch (key) {
    case 'reference':
      return createReferenceEngine();
    case 'wasm-one-thread':
      return createWasmEngine({ threads: 1 });
    case 'wasm': {
      const createThread = await threadMaker();
      return createWasmEngine({ threads: threads ?? availableParallelism(), createThread });
    }
    case 'ort-wasm':
      return createOrtWasmEngine({ ort: ort as unknown as OrtModule, threads: threads ?? 1 });
    case 'webgpu':
      return webgpuEngine();
    default:
      return `Node runs no engine "${key}"; take ${NODE_ENGINES.join(', ')}`;
  }
}

/** Held as long as the process runs: once it is collected its devices crash. */
let gpu: GPU | null = null;

async function webgpuEngine(): Promise<TimedEngine | string> {
  // Not a dependency: its drivers weigh 100 MB. `npm install --no-save webgpu` adds it.
  const name = 'webgpu';
  try {
    const { create, globals } = (await import(/* @vite-ignore */ name)) as {
      create(flags: string[]): GPU;
      globals: object;
    };
    Object.assign(globalThis, globals);
    gpu ??= create([]);
    return await createWebGpuEngine({ gpu });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
