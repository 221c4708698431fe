import { afterEach, expect, test } from 'vitest';
import { type ChosenEngine, createEnginePool } from '../../src/core/engines/enginePool.ts';

let chosen: ChosenEngine | undefined;
afterEach(() => {
  chosen?.engine.close();
  chosen = undefined;
});

/** A card's measurements would take a software GPU a minute. */
const adapterCache = { read: async () => 'traceRegister', write: async () => {} };

/** The browser's WebGPU, which passes for a graphics card, with its devices spoiled. */
function gpuWith(spoil: (device: GPUDevice) => void): GPU {
  return {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = (await navigator.gpu.requestAdapter(options))!;
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor);
        spoil(device);
        return device;
      };
      const info = {
        description: 'A tested GPU',
        vendor: '',
        architecture: 'tested',
        isFallbackAdapter: false,
      };
      return Object.defineProperty(adapter, 'info', { value: info });
    },
  } as GPU;
}

test.for<[string, (device: GPUDevice) => void, RegExp]>([
  [
    'refuses a shader',
    (device) => {
      device.createComputePipelineAsync = () => Promise.reject(new Error('no such instruction'));
    },
    /no such instruction/,
  ],
  [
    'has no memory',
    (device) => {
      device.popErrorScope = async () => new GPUOutOfMemoryError('full');
    },
    /too little memory/,
  ],
  ['is lost at once', (device) => device.destroy(), /GPU was lost/],
  [
    'computes wrongly',
    (device) => {
      const createBuffer = device.createBuffer.bind(device);
      device.createBuffer = (descriptor) => {
        const buffer = createBuffer(descriptor);
        const range = buffer.getMappedRange.bind(buffer);
        // What is read of the sums: a bit of each is another one.
        buffer.getMappedRange = (...args) => {
          const mapped = range(...args);
          if (descriptor.label === 'readback')
            for (let at = 3; at < mapped.byteLength; at += 4) new Uint8Array(mapped)[at]! ^= 1;
          return mapped;
        };
        return buffer;
      };
    },
    /webgpu engine computes wrongly here/,
  ],
])('where the GPU %s, WASM is taken, and the reason says why', async ([, spoil, why]) => {
  chosen = await createEnginePool({ gpu: gpuWith(spoil), adapterCache }).choose('auto');
  expect(chosen.engine.id).toBe('wasm');
  expect(chosen.reason).toMatch(why);
});
