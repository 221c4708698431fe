// Loads onnxruntime-web when an engine needs it.
import webGpuUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { QKError } from '../../errors.ts';
import type { OrtModule } from './ortSession.ts';

/** onnxruntime-web's WASM build, fetched when it is first needed, from where the page is served: never from a CDN. */
export function loadOrtWasm(): Promise<OrtModule> {
  return load(() => import('onnxruntime-web/wasm'), wasmUrl);
}

/** Its build with the WebGPU provider, likewise: 27 MB, so only where it is chosen or timed. */
export function loadOrtWebGpu(): Promise<OrtModule> {
  return load(() => import('onnxruntime-web/webgpu'), webGpuUrl);
}

async function load(get: () => Promise<unknown>, wasm: string): Promise<OrtModule> {
  try {
    const ort = (await get()) as OrtModule;
    ort.env.wasm.wasmPaths = { wasm };
    return ort;
  } catch (cause) {
    throw new QKError('engine-unavailable', 'onnxruntime-web could not be loaded.', {
      hint: 'Is the page still being served? Reload it.',
      permanent: false,
      cause,
    });
  }
}
