import { METHODS, type Method } from '../../src/core/engines/calls.ts';
import type { Engine, EngineId } from '../../src/core/engines/engine.ts';
import { createOrtWasmEngine } from '../../src/core/engines/ort/ortWasmEngine.ts';
import { createOrtWebGpuEngine } from '../../src/core/engines/ort/ortWebGpuEngine.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import { createShardedEngine } from '../../src/core/engines/wasm/shards/shardedEngine.ts';
import { createWasmEngine } from '../../src/core/engines/wasm/wasmEngine.ts';
import { describeAdapter } from '../../src/core/engines/webgpu/device.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';

/** An engine under test. */
export interface EngineUnderTest {
  readonly id: EngineId;
  /** Its id, and what is particular about it. */
  readonly name: string;
  /** How many it must have; unless told, it has no say in it. */
  readonly threads?: number;
  /** Of r, against float64. */
  readonly tolerance: number;
  /** What is run; all five unless told. */
  readonly methods?: readonly Method[];
  /** Names of the cases that it runs, where others run its kernels on all of them; then it is left out of the other files. */
  readonly cases?: RegExp;
  /** Names of the cases whose moments and profiles it computes, where another engine computes them all by the same kernels or graphs. */
  readonly detailCases?: RegExp;
  /** The same at d = 4096, dh = 128, on the weight families of families.ts. */
  readonly largeTolerance: number;
  /** What is run at that size; all five unless told. Some engines take minutes there on a software GPU. */
  readonly largeMethods?: readonly Method[];
  /** Those of them that are run on one family alone, the hardest one for sums in float32. */
  readonly largeOnce?: readonly Method[];
  /** What is run on the oracle's files; as on made cases unless told. */
  readonly oracleMethods?: readonly Method[];
  create(): Promise<Engine>;
}

const FLOAT32_TOLERANCE = 2e-6;
/** Sums in blocks of 64: our own kernels. */
const BLOCKED_TOLERANCE = 1e-7;

export const ENGINES: readonly EngineUnderTest[] = [
  {
    // A float64 norm of that size takes minutes in plain loops; its trace must agree with it at smaller sizes.
    id: 'reference',
    name: 'reference',
    tolerance: 1e-9,
    largeTolerance: 1e-9,
    largeMethods: METHODS.filter((method) => method !== 'norm'),
    // All sum in float64 in the same order of terms: the families differ for float32.
    largeOnce: ['trace', 'trace-heads', 'trace-loop'],
    create: async () => createReferenceEngine(),
  },
  {
    id: 'webgpu',
    name: 'webgpu',
    // `trace` on layers is the same calls as `trace-loop`.
    methods: METHODS.filter((method) => method !== 'trace'),
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    // 4 GFLOP a head, against trace's 0.3.
    largeOnce: ['norm'],
    create: once(() => createWebGpuEngine({ gpu: navigator.gpu, form: 'traceRegister' })),
  },
  {
    id: 'webgpu',
    name: 'webgpu, shared memory',
    // The others run the same kernels as above, or the same calls again.
    methods: ['trace-heads', 'trace-full'],
    detailCases: /^F32 linear$/,
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    largeMethods: ['trace-heads'],
    create: once(() => createWebGpuEngine({ gpu: navigator.gpu, form: 'traceShared' })),
  },
  {
    id: 'wasm',
    name: 'wasm, 1 thread',
    threads: 1,
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createWasmEngine({ threads: 1 }),
  },
  {
    id: 'wasm',
    name: 'wasm, 3 threads, plain multiply-add',
    threads: 3,
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createWasmEngine({ threads: 3, fused: false }),
  },
  {
    id: 'wasm',
    name: 'wasm, 3 workers without shared memory',
    threads: 3,
    // Its workers are engines of one thread; in Node all cases are compared with one thread’s, bit for bit.
    methods: ['trace-full', 'norm'],
    cases: /^F16 conv1d$|three layers|grouped|multi-query|no divisor|scaled by|NaN in a shared/,
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: BLOCKED_TOLERANCE,
    create: () => createShardedEngine({ workers: 3, minWork: 0 }),
  },
  {
    id: 'ort-webgpu',
    name: 'ort-webgpu',
    // Its graphs and batches are ort-wasm's, which runs all five; each graph takes seconds on a software GPU.
    methods: ['trace-heads', 'norm'],
    oracleMethods: ['trace-heads'],
    detailCases: /^F32 linear$|^d 7, dh 3|^scale |NaN/,
    tolerance: FLOAT32_TOLERANCE,
    // onnxruntime's MatMul sums over d in plain float32: up to 5e-6 at d = 4096 where all terms have one sign.
    largeTolerance: 1e-5,
    largeMethods: ['trace-heads'],
    largeOnce: ['trace-heads'],
    create: once(async () => createOrtWebGpuEngine(await describeAdapter(navigator.gpu))),
  },
  {
    id: 'ort-wasm',
    name: 'ort-wasm',
    tolerance: FLOAT32_TOLERANCE,
    largeTolerance: FLOAT32_TOLERANCE,
    create: () => createOrtWasmEngine(),
  },
];

/** Those that run everything. */
export const WHOLE_ENGINES = ENGINES.filter(({ cases }) => cases === undefined);

/**
 * Creates an engine once for all files of a page; it stays when one of them closes it. What an engine compiles for the
 * GPU takes seconds on a software GPU, and is gone with it.
 */
function once(create: () => Promise<Engine>): () => Promise<Engine> {
  let engine: Promise<Engine> | null = null;
  return () => {
    engine ??= create().then((made) => ({ ...made, close() {} }));
    return engine;
  };
}
