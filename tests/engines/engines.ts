import type { Engine, EngineId } from '../../src/core/engines/engine.ts';
import { createOrtWasmEngine } from '../../src/core/engines/ort/ortWasmEngine.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../src/core/engines/wasm/wasmEngine.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';

/** An engine under test. */
export interface EngineUnderTest {
  readonly id: EngineId;
  /** Its id, and what is particular about it. */
  readonly name: string;
  /** Of r, against float64. */
  readonly tolerance: number;
  /** The same at d = 4096, dh = 128, on the weight families of families.ts. */
  readonly largeTolerance: number;
  create(): Promise<Engine>;
}

const FLOAT32_TOLERANCE = 2e-6;
/** Sums in blocks of 64: our own kernels. */
const BLOCKED_TOLERANCE = 1e-7;

export const ENGINES: readonly EngineUnderTest[] = [
  {
    id: 'reference',
    name: 'reference',
    tolerance: 1e-9,
    largeTolerance: 1e-9,
    create: async () => createReferenceEngine(),
  },
  {
    id: 'webgpu',
    name: 'webgpu',
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createWebGpuEngine({ gpu: navigator.gpu }),
  },
  {
    id: 'wasm',
    name: 'wasm, 1 thread',
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createWasmEngine({ threads: 1 }),
  },
  {
    id: 'wasm',
    name: 'wasm, 3 threads, plain multiply-add',
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createWasmEngine({ threads: 3, fused: false }),
  },
  {
    id: 'ort-wasm',
    name: 'ort-wasm',
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: FLOAT32_TOLERANCE,
    create: () => createOrtWasmEngine(),
  },
];
