// Compiles the GPU's pipelines, each once.
import elementSource from './kernels/element.wgsl?raw';
import momentsSource from './kernels/moments.wgsl?raw';
import normSource from './kernels/norm.wgsl?raw';
import scanSource from './kernels/scan.wgsl?raw';
import traceCommonSource from './kernels/traceCommon.wgsl?raw';
import traceRegisterSource from './kernels/traceRegister.wgsl?raw';
import traceSharedSource from './kernels/traceShared.wgsl?raw';
import unpackSource from './kernels/unpack.wgsl?raw';
import { JOB, PAIR, PARAMS } from './structs.ts';

const ELEMENT = JOB.wgsl + elementSource;
const TRACE = PARAMS.wgsl + traceCommonSource;
const SHARED = TRACE + traceSharedSource;

const SOURCES = {
  scan: ELEMENT + scanSource,
  unpack: ELEMENT + unpackSource,
  traceRegister: TRACE + traceRegisterSource,
  traceShared: SHARED,
  traceShared2: SHARED,
  traceShared4: SHARED,
  norm: PARAMS.wgsl + normSource,
  moments: PAIR.wgsl + momentsSource,
} as const;

/** Values for a source's override constants. */
const CONSTANTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  traceShared2: { QUERIES_PER_GROUP: 2 },
  traceShared4: { QUERIES_PER_GROUP: 4 },
};

export type PipelineName = keyof typeof SOURCES;

/** Compiles each kernel once, when it is first needed. */
export type PipelineCache = (name: PipelineName) => Promise<GPUComputePipeline>;

export function createPipelineCache(device: GPUDevice): PipelineCache {
  // Promises in flight are kept, so that two callers share one compilation; failures aren't, so that a retry is one.
  const pipelines = new Map<PipelineName, Promise<GPUComputePipeline>>();
  return (name) => {
    let pipeline = pipelines.get(name);
    if (pipeline === undefined) {
      const module = device.createShaderModule({ label: name, code: SOURCES[name] });
      const compute = { module, constants: { ...CONSTANTS[name] } };
      pipeline = device.createComputePipelineAsync({ label: name, layout: 'auto', compute });
      pipelines.set(name, pipeline);
      pipeline.catch(() => pipelines.delete(name));
    }
    return pipeline;
  };
}
