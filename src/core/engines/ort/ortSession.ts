// Runs graphs in onnxruntime-web.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { QKError } from '../../errors.ts';
import type { KeptTensors } from './keptTensors.ts';
import { encodeModel, type OnnxGraph } from './onnxGraph.ts';

/** What we use of onnxruntime-web: the same in its WASM, WebGPU and Node builds. */
export interface OrtModule {
  readonly env: {
    /** The device of the WebGPU build, once a session has started. */
    readonly webgpu?: { readonly device?: Promise<GPUDevice> | GPUDevice };
    readonly wasm: { numThreads?: number; proxy?: boolean; wasmPaths?: unknown };
    readonly versions: { readonly web?: string };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): Tensor;
    fromGpuBuffer?(buffer: GPUBuffer, options: { dataType: 'float32'; dims: readonly number[] }): Tensor;
  };
}

export type OrtProvider = 'wasm' | 'webgpu';

export interface Feed {
  readonly values: Float32Array;
  readonly dims: readonly number[];
  /** Where the values stay as they are for the handle's life: a provider with memory of its own keeps them there. */
  readonly kept?: KeptTensors | undefined;
}

/** A graph made ready once; a failed start isn't kept. */
export interface GraphRunner {
  run(feeds: Readonly<Record<string, Feed>>): Promise<Readonly<Record<string, Float32Array>>>;
  close(): void;
}

export function createGraphRunner(ort: OrtModule, graph: OnnxGraph, provider: OrtProvider): GraphRunner {
  let session: Promise<InferenceSession> | null = null;
  const start = () => {
    session ??= ort.InferenceSession.create(encodeModel(graph), {
      executionProviders: [provider],
      // The arena keeps the largest batch's memory for ever.
      enableCpuMemArena: false,
      enableMemPattern: false,
      // Work that a provider can't do must not go to the CPU unseen.
      ...(provider === 'wasm' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
    }).catch((cause: unknown) => {
      session = null;
      throw new QKError('engine-unavailable', 'onnxruntime-web could not start.', {
        where: provider,
        hint: 'Reload the page, or choose another engine in the settings.',
        cause,
      });
    });
    return session;
  };
  return {
    async run(feeds) {
      const ready = await start();
      const device = provider === 'webgpu' ? await ort.env.webgpu?.device : undefined;
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, feed]) => [name, tensorOf(ort, feed, device)]),
      );
      try {
        const outputs = await ready.run(inputs);
        return Object.fromEntries(
          Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]),
        );
      } catch (cause) {
        throw new QKError(
          'engine-failed',
          `onnxruntime-web couldn't compute a batch: ${cause instanceof Error ? cause.message : String(cause)}`,
          {
            where: Object.values(feeds)
              .map(({ dims }) => dims.join('×'))
              .join(', '),
            hint: 'It may be short of memory: close other tabs, or choose another engine in the settings.',
            cause,
          },
        );
      }
    },
    close() {
      // Those who ran were given the failure of the start; there is nothing to release then.
      session?.then((ready) => ready.release()).catch(() => {});
      session = null;
    },
  };
}

function tensorOf(ort: OrtModule, { values, dims, kept }: Feed, device: GPUDevice | undefined): Tensor {
  const fresh = () => new ort.Tensor('float32', values, dims);
  if (kept === undefined || device === undefined || ort.Tensor.fromGpuBuffer === undefined) return fresh();
  return kept.tensorFor(device, values, dims, ort.Tensor.fromGpuBuffer);
}
