import type { Engine, EngineId } from '../../src/core/engines/engine.ts';
import { createOrtWasmEngine } from '../../src/core/engines/ort/ortWasmEngine.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';

/** An engine under test. */
export interface EngineUnderTest {
  readonly id: EngineId;
  /** Of r, against float64. */
  readonly tolerance: number;
  create(): Promise<Engine>;
}

const FLOAT32_TOLERANCE = 2e-6;

export const ENGINES: readonly EngineUnderTest[] = [
  { id: 'reference', tolerance: 1e-9, create: async () => createReferenceEngine() },
  { id: 'webgpu', tolerance: FLOAT32_TOLERANCE, create: () => createWebGpuEngine({ gpu: navigator.gpu }) },
  { id: 'ort-wasm', tolerance: FLOAT32_TOLERANCE, create: () => createOrtWasmEngine() },
];
