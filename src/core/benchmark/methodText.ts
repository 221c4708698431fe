// Descriptions of the methods and engines.
import type { Method, TimedEngineKey } from '../engines/index.ts';

/** What each method runs, in one line. The products are named as in the guide: A = WqᵀWq, B = WkᵀWk, C = WkᵀWq. */
export const METHOD_ABOUT: Readonly<Record<Method, string>> = {
  norm: 'forms M = WqWkᵀ, d × d, and takes its norms: the slow way, for comparison; one head a call',
  trace: 'forms A, B and C, dh × dh, and never M; one head alone',
  'trace-heads': 'trace, with all heads of a layer in one call',
  'trace-loop': 'trace over many heads, one head a call',
  'trace-full': 'trace, with all layers in one call (more calls if memory is short)',
};

/** Describes each engine in one line; the device follows where it is a GPU or has threads. */
export const ENGINE_ABOUT: Readonly<Record<TimedEngineKey, string>> = {
  webgpu: 'our own kernels on the GPU, by WebGPU',
  wasm: 'our own kernels on the CPU, on all cores',
  'wasm-one-thread': 'the same on one thread',
  'ort-webgpu': 'onnxruntime-web on the GPU, for comparison; loads 27 MB first',
  'ort-wasm': 'onnxruntime-web on the CPU, for comparison',
  reference: 'plain float64 JavaScript, slow: what the others are checked against',
};

/** Says in a few words what an engine is, under its name. */
export const ENGINE_SHORT: Readonly<Record<TimedEngineKey, string>> = {
  webgpu: 'our kernels on the GPU',
  wasm: 'our kernels on the CPU',
  'wasm-one-thread': 'our kernels on the CPU',
  'ort-webgpu': 'onnxruntime on the GPU',
  'ort-wasm': 'onnxruntime on the CPU',
  reference: 'float64 JavaScript',
};

/** Beside a WebGPU engine whose adapter computes on the processor. */
export const SOFTWARE_NOTE = 'emulated on the CPU, so not a GPU timing';
