/**
 * The browser's WebGPU with one device for all who ask. It compiles each kernel once, which takes seconds on a software
 * GPU, and stays when an engine closes it. Not for tests that change a device or lose it.
 */
export const sharedGpu = {
  async requestAdapter(options?: GPURequestAdapterOptions) {
    const adapter = await navigator.gpu.requestAdapter(options);
    if (adapter === null) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = (descriptor) => {
      shared ??= requestDevice(descriptor).then(compileOnce);
      return shared;
    };
    return adapter;
  },
} as GPU;

let shared: Promise<GPUDevice> | null = null;

function compileOnce(device: GPUDevice): GPUDevice {
  const createModule = device.createShaderModule.bind(device);
  const createPipeline = device.createComputePipelineAsync.bind(device);
  const modules = new Map<string, GPUShaderModule>();
  const pipelines = new Map<GPUShaderModule, Map<string, Promise<GPUComputePipeline>>>();
  device.createShaderModule = (descriptor) => {
    const module = modules.get(descriptor.code) ?? createModule(descriptor);
    modules.set(descriptor.code, module);
    return module;
  };
  device.createComputePipelineAsync = (descriptor) => {
    const { module, constants } = descriptor.compute;
    const ofModule = pipelines.get(module) ?? new Map<string, Promise<GPUComputePipeline>>();
    pipelines.set(module, ofModule);
    const key = JSON.stringify(constants);
    const pipeline = ofModule.get(key) ?? createPipeline(descriptor);
    ofModule.set(key, pipeline);
    return pipeline;
  };
  device.destroy = () => undefined;
  return device;
}
