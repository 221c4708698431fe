// The engine of onnxruntime-web on the GPU.
import { QKError } from '../../errors.ts';
import type { AdapterReport } from '../adapterReport.ts';
import type { Engine } from '../engine.ts';
import { loadOrtWebGpu } from './loadOrt.ts';
import { createOrtEngine } from './ortEngine.ts';
import { ortName } from './ortWasmEngine.ts';

/**
 * onnxruntime-web on its WebGPU provider: the peer of our own shaders in timings. Its MatMul sums over d in plain
 * float32, so that r is some ten times less exact than ours at large d.
 * @param adapter what WebGPU offers here
 */
export async function createOrtWebGpuEngine(adapter: AdapterReport): Promise<Engine> {
  if (!adapter.available)
    throw new QKError(
      'engine-unavailable',
      `onnxruntime-web's WebGPU provider can't be used: ${adapter.detail}.`,
      {
        hint: 'Choose another engine.',
      },
    );
  const ort = await loadOrtWebGpu();
  // Threads would compute what the GPU does; more than one only costs memory.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  return createOrtEngine({
    id: 'ort-webgpu',
    ort,
    provider: 'webgpu',
    form: 'plain',
    longestSum: (d) => d,
    describe: () => ({ id: 'ort-webgpu', device: `${ortName(ort)}, ${adapter.detail}` }),
  });
}
