import type {
  Engine,
  EngineHandle,
  EngineId,
  HeadScores,
  KernelCall,
} from '../../src/core/engines/engine.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';

/** A clock that moves when it is told to, seen in steps; each read takes a little, as a real one does. */
export function fakeClock(stepMs: number) {
  let time = 0;
  return {
    spend(ms: number) {
      time += ms;
    },
    now() {
      time += stepMs / 4;
      return Math.floor(time / stepMs + 1e-9) * stepMs;
    },
  };
}

export interface FakeOptions {
  readonly id: EngineId;
  readonly clock: ReturnType<typeof fakeClock>;
  /** ms of one call; `heads` are in it. */
  cost(call: KernelCall, heads: number): number;
  readonly loadMs?: number;
  /** Time on a GPU's clock as a share of wall time. */
  readonly gpuShare?: number;
  /** Added to r. */
  readonly error?: number;
  readonly chunk?: number;
  /** Called before each call. */
  onCall?(call: KernelCall): void;
}

/** What the fake says of a head: r = 0.5 + head/100 + layer/1000. */
export function fakeScore(layer: number, head: number, error = 0): HeadScores {
  return { layer, head, traceAB: 1, traceCC: 2 * (head / 100 + layer / 1000 + error), log2Scale: 0 };
}

/** An engine that computes nothing, takes the time it is told to, and counts. */
export function fakeEngine(options: FakeOptions) {
  const { id, clock, cost, loadMs = 0, gpuShare, error = 0, chunk = 1000, onCall } = options;
  const counts = { loads: 0, releases: 0, runs: 0 };
  const held = new WeakMap<EngineHandle, readonly LayerWeights[]>();
  const engine: Engine = {
    id,
    describe: () => ({ id, device: `fake ${id}`, deviceClock: gpuShare === undefined ? undefined : 'gpu' }),
    async load(layers) {
      counts.loads++;
      clock.spend(loadMs * layers.length);
      const chunks: [number, number][] = [];
      for (let at = 0; at < layers.length; at += chunk)
        chunks.push([at, Math.min(layers.length, at + chunk)]);
      const handle: EngineHandle = {
        layers: layers.map(({ layer, q, k, dModel, dHead }) => ({
          layer,
          heads: q.length,
          kvHeads: k.length,
          dModel,
          dHead,
        })),
        chunks,
        release: () => void counts.releases++,
      };
      held.set(handle, layers);
      return handle;
    },
    async run(handle, calls, runOptions) {
      counts.runs++;
      const scores: HeadScores[] = [];
      let spent = 0;
      for (const call of calls) {
        runOptions?.signal?.throwIfAborted();
        onCall?.(call);
        const found = headsOf(call, handle);
        spent += cost(call, found.length);
        scores.push(...found.map(([layer, head]) => fakeScore(layer, head, error)));
      }
      clock.spend(spent);
      return {
        scores,
        launches: calls.length,
        deviceMs: runOptions?.timed && gpuShare !== undefined ? spent * gpuShare : undefined,
      };
    },
    moments: () => Promise.reject(new Error('A fake has no moments.')),
    close() {},
  };
  return { engine, counts };
}

function headsOf(call: KernelCall, { layers }: EngineHandle): [layer: number, head: number][] {
  if ('head' in call) return [[layers[call.layerIndex]!.layer, call.head]];
  const [from, to] =
    call.kernel === 'trace-full' ? [call.from, call.to] : [call.layerIndex, call.layerIndex + 1];
  return layers
    .slice(from, to)
    .flatMap(({ layer, heads }) =>
      Array.from({ length: heads }, (_, head) => [layer, head] as [number, number]),
    );
}
