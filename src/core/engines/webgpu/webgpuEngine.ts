// The WebGPU engine.
import type { Engine } from '../engine.ts';
import { type BufferLimits, DEFAULT_LIMITS } from './constants.ts';
import { openDevice } from './device.ts';
import type { TraceForm } from './dispatches.ts';
import { createPipelineCache, type PipelineCache } from './pipelines.ts';
import { runCalls } from './runCalls.ts';
import { runMoments } from './runMoments.ts';
import { type AdapterCache, tuneTrace } from './tuneTrace.ts';
import { loadHandle, type WebGpuHandle } from './webgpuHandle.ts';

export interface WebGpuEngineOptions {
  /** navigator.gpu, or undefined where there is none; in Node, the one of a WebGPU package. */
  readonly gpu: GPU | undefined;
  /** Smaller buffers, for tests of divided layers and tensors. */
  readonly limits?: Partial<BufferLimits>;
  /** The trace kernel's form; by default the one that is measured to be faster on this adapter. */
  readonly form?: TraceForm;
  readonly adapterCache?: AdapterCache | undefined;
}

/**
 * Creates the engine of our own kernels on WebGPU. Weights go up as raw bytes and are unpacked there; per head some
 * partial sums come back. `launches` counts dispatches: one for each call, unless a layer's queries exceed 128 MiB
 * as f32 (then a batch takes one for each part of the layer).
 * @throws QKError 'engine-unavailable' where there is no device
 */
export async function createWebGpuEngine({
  gpu,
  limits = {},
  form,
  adapterCache,
}: WebGpuEngineOptions): Promise<Engine> {
  const open = await openDevice(gpu);
  const compiled = createPipelineCache(open.device);
  const pipelines: PipelineCache = (name) => open.answer(compiled(name));
  let tuned: Promise<TraceForm> | null = form === undefined ? null : Promise.resolve(form);
  const chooseForm = () => {
    if (tuned === null) {
      tuned = tuneTrace(open, pipelines, adapterCache);
      // A failure isn't kept: the next run measures again.
      tuned.catch(() => {
        tuned = null;
      });
    }
    return tuned;
  };

  /** Gives the true reason of what failed: a cancellation stays one, all else becomes a QKError. */
  async function guarded<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      open.throwIfFailed();
      const result = await work();
      open.throwIfFailed();
      return result;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw await open.explain(error);
    }
  }

  const engine: Engine<WebGpuHandle> = {
    id: 'webgpu',
    describe: () => ({
      id: 'webgpu',
      device: open.report.detail,
      overlaps: true,
      deviceClock: open.hasTimestamps ? 'gpu' : undefined,
    }),
    load: (layers, signal) =>
      guarded(signal, () => loadHandle(open, pipelines, layers, { ...DEFAULT_LIMITS, ...limits }, signal)),
    run: (handle, calls, options = {}) =>
      guarded(options.signal, async () =>
        runCalls(open, pipelines, handle, calls, await chooseForm(), options),
      ),
    moments: (handle, layerIndex, pairs, signal) =>
      guarded(signal, () => runMoments(open, pipelines, handle, layerIndex, pairs, signal)),
    close: () => open.close(),
  };
  return engine as Engine;
}
