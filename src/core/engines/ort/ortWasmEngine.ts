// The engine of onnxruntime-web on the CPU.
import { sharesMemory } from '../../sharedMemory.ts';
import type { Engine } from '../engine.ts';
import { loadOrtWasm } from './loadOrt.ts';
import { createOrtEngine } from './ortEngine.ts';
import type { OrtModule } from './ortSession.ts';

export interface OrtWasmOptions {
  /** onnxruntime-web, where the caller has it (Node, tests). */
  readonly ort?: OrtModule;
  /** WASM threads; needs cross-origin isolation. */
  readonly threads?: number;
}

/** onnxruntime-web on WASM: SIMD and threads. */
export async function createOrtWasmEngine(options: OrtWasmOptions = {}): Promise<Engine> {
  const ort = options.ort ?? (await loadOrtWasm());
  const threads = options.threads ?? defaultThreads();
  ort.env.wasm.numThreads = threads;
  // The engine runs in a worker already.
  ort.env.wasm.proxy = false;
  const device = `${ortName(ort)}, WASM SIMD, ${threads} thread${threads === 1 ? '' : 's'}`;
  return createOrtEngine({
    id: 'ort-wasm',
    ort,
    provider: 'wasm',
    form: 'fused',
    longestSum: mlasBlock,
    describe: () => ({ id: 'ort-wasm', device, threads }),
  });
}

/**
 * Its MLAS sums 128 terms in a row, and twice as many for each halving of the columns below 128, down to 16
 * (github.com/microsoft/onnxruntime, core/mlas/lib/sgemm.cpp: MLAS_SGEMM_STRIDEK).
 */
function mlasBlock(d: number, dh: number): number {
  return Math.min(d, 128 * 2 ** Math.floor(Math.log2(128 / Math.min(128, Math.max(16, dh)))));
}

/** "onnxruntime-web 1.31.0" */
export function ortName({ env }: OrtModule): string {
  return `onnxruntime-web ${env.versions.web?.replace(/-dev.*/, '') ?? ''}`.trim();
}

/** onnxruntime's own rule is half the cores; it gains nothing from more than four here. Threads need shared memory. */
function defaultThreads(): number {
  if (!sharesMemory()) return 1;
  return Math.min(4, Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1));
}
