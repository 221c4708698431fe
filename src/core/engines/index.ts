// The room of engines: it computes products of weights on WebGPU, in WASM, by onnxruntime-web, or in float64 as the reference.
export { METHODS, type Method, planCalls, type Scope } from './calls.ts';
export type { DeviceClock, Engine, EngineHandle, EngineId, HeadPair, HeadScores } from './engine.ts';
export { ENGINE_IDS } from './engine.ts';
export {
  AVAILABLE_ENGINES,
  type AvailableEngine,
  type ChosenEngine,
  createEnginePool,
  type EngineChoice,
  type EngineOffer,
  type EnginePool,
  scoringEngine,
  type TimedEngineKey,
  timedOffers,
  type WasmThreads,
} from './enginePool.ts';
export { allPairs, layerSums, momentsOfPairs, normProfile } from './layerProducts.ts';
export { layerProfile, WIDEST } from './layerProfile.ts';
export { scoreInFloat64 } from './recompute.ts';
export { boundedSums } from './reference/traceSums.ts';
export { scoreHeads } from './scoreHeads.ts';
export { hasFusedMultiplyAdd } from './wasm/kernelModule.ts';
export { startThread as startWasmJobs } from './wasm/startThread.ts';
export { startWasmShard, startWasmThread } from './wasm/startWorkers.ts';
export type { AdapterCache } from './webgpu/tuneTrace.ts';
export { createYielder, runCooperatively, type Yielder } from './yielder.ts';
