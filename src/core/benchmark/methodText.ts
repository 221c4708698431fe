import type { Method, TimedEngineKey } from '../engines/index.ts';

/** What each method runs, in one line. The products are named as in the guide: A = WqᵀWq, B = WkᵀWk, C = WkᵀWq. */
export const METHOD_ABOUT: Readonly<Record<Method, string>> = {
  norm: 'forms M = WqWkᵀ, d × d, and takes its norms: the slow way, for comparison; one head a call',
  trace: 'forms A, B and C, dh × dh, and never M; one head alone',
  'trace-heads': 'trace, with all heads of a layer in one call',
  'trace-loop': 'trace over many heads, one head a call',
  'trace-full': 'trace, with all layers in one call, or in as few as fit the engine’s memory',
};

/** What each engine is, in one line; the device of those on the GPU and of threads is told after it. */
export const ENGINE_ABOUT: Readonly<Record<TimedEngineKey, string>> = {
  webgpu: 'our own kernels on the GPU, by WebGPU',
  wasm: 'our own kernels on the processor, on all cores',
  'wasm-one-thread': 'the same on one thread',
  'ort-webgpu': 'onnxruntime-web on the GPU: the peer; loads 27 MB first',
  'ort-wasm': 'onnxruntime-web on the processor: the peer',
  reference: 'plain float64 JavaScript, slow: what the others are checked against',
};

/** Beside a WebGPU engine whose adapter computes on the processor. */
export const SOFTWARE_NOTE = 'software adapter: its times say nothing of a GPU';
