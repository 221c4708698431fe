import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import type { WorkShape } from '../../src/core/benchmark/flops.ts';
import type { KernelCall } from '../../src/core/engines/engine.ts';

/** The notebook's own functions, or the fastest forms of them that numpy has. */
export const NUMPY_VARIANTS = { notebook: 'numpy, the notebook’s', best: 'numpy, fastest forms' } as const;
export type NumpyVariant = keyof typeof NUMPY_VARIANTS;

/** A python process with numpy (numpyProcess.ts), asked from here or through a page. */
export interface Numpy {
  readonly version: string;
  readonly threads: number;
  ask(request: NumpyRequest): Promise<{ readonly ms: number; readonly r: readonly number[] }>;
}

/** Weights are made from the seed where numpy runs (synthetic.ts), and kept from one request to the next. */
export interface NumpyRequest {
  readonly shape: WorkShape;
  readonly seed: number;
  readonly layers: number;
  readonly variant: NumpyVariant;
  /** One entry a call. */
  readonly calls: readonly (readonly [kernel: string, layerIndex: number, head: number, to: number])[];
}

/** numpy as an engine of a comparison. It times its calls by its own clock, so that what lies between us isn't counted. */
export function numpyPeer(numpy: Numpy, variant: NumpyVariant, shape: WorkShape, seed: number): TimedEngine {
  const id = NUMPY_VARIANTS[variant];
  const { version, threads } = numpy;
  return {
    id,
    describe: () => ({ id, device: `numpy ${version}`, threads, deviceClock: 'process' }),
    async load(layers) {
      const { heads, kvHeads, dModel, dHead } = shape;
      return {
        layers: layers.map(({ layer }) => ({ layer, heads, kvHeads, dModel, dHead })),
        chunks: [[0, layers.length]],
        release() {},
      };
    },
    async run(handle, calls) {
      const { ms, r } = await numpy.ask({
        shape,
        seed,
        layers: handle.layers.length,
        variant,
        calls: calls.map(flat),
      });
      const heads = calls.flatMap((call) => headsOf(call, shape.heads));
      const scores = heads.map(({ layerIndex, head }, next) => ({
        layer: handle.layers[layerIndex]!.layer,
        head,
        traceCC: 2 * r[next]! - 1,
        traceAB: 1,
        log2Scale: 0,
      }));
      return { scores, launches: calls.length, deviceMs: ms };
    },
    // The comparison asks for times and scores alone.
    moments: () => Promise.reject(new Error('numpy is a peer in timings.')),
    close() {},
  };
}

function flat(call: KernelCall): readonly [kernel: string, layerIndex: number, head: number, to: number] {
  if (call.kernel === 'trace-full') return [call.kernel, call.from, 0, call.to];
  return [call.kernel, call.layerIndex, 'head' in call ? call.head : 0, 0];
}

function headsOf(call: KernelCall, heads: number): { layerIndex: number; head: number }[] {
  if ('head' in call) return [{ layerIndex: call.layerIndex, head: call.head }];
  const [from, to] =
    call.kernel === 'trace-full' ? [call.from, call.to] : [call.layerIndex, call.layerIndex + 1];
  return Array.from({ length: (to - from) * heads }, (_, i) => ({
    layerIndex: from + Math.floor(i / heads),
    head: i % heads,
  }));
}
