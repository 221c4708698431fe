import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { QKError } from '../../errors.ts';
import type { OrtModule } from './ortSession.ts';

/** onnxruntime-web's WASM build, fetched when it is first needed, from where the page is served: never from a CDN. */
export async function loadOrtWasm(): Promise<OrtModule> {
  try {
    const ort = (await import('onnxruntime-web/wasm')) as unknown as OrtModule;
    ort.env.wasm.wasmPaths = { wasm: wasmUrl };
    return ort;
  } catch (cause) {
    throw new QKError('engine-unavailable', 'onnxruntime-web could not be loaded.', {
      hint: 'Is the page still being served? Reload it.',
      permanent: false,
      cause,
    });
  }
}
