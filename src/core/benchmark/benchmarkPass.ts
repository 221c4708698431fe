// Times passes of kernel calls.
import { type EngineHandle, type HeadScores, type Method, planCalls, type Scope } from '../engines/index.ts';
import type { ScopeName, TimedSpan } from '../result/index.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { TimedEngine } from './benchmarkPlan.ts';

/**
 * Calls handed to an engine at once. Passes follow each other without a wait, as layers do when a model is scored:
 * a GPU's read-back of 3–8 ms after every pass would hide what is compared. Bounded, so that their results stay small.
 */
const CALLS_AT_ONCE = 1024;

/** What a pass is made of. */
export interface Pass {
  readonly engine: TimedEngine;
  readonly method: Method;
  readonly scope: ScopeName;
  readonly region: TimedSpan;
  readonly head: number;
  /**
   * Returns the weights in scope: [one layer] for head and layer. Given by a function where it waits: reading is
   * `end to end`.
   */
  weights(): Promise<readonly LayerWeights[]>;
  /** Loads the weights where they already lie, for the region `kernel`. */
  loaded(): Promise<EngineHandle>;
  now(): number;
  readonly signal: AbortSignal | undefined;
}

export interface PassTimes {
  /** All loops by the page's clock, ms. */
  readonly wallMs: number;
  /** All loops by the engine's device clock, ms; undefined where it has none, and outside `kernel`. */
  readonly deviceMs: number | undefined;
  /** Kernel launches per pass, as the engine counted them. */
  readonly calls: number;
  /** The scores of one pass. */
  readonly scores: readonly HeadScores[];
}

/** Runs `loops` passes back to back and times them. */
export function timePasses(pass: Pass, loops: number): Promise<PassTimes> {
  return pass.region === 'kernel' ? timeKernel(pass, loops) : timeWithUpload(pass, loops);
}

async function timeKernel(pass: Pass, loops: number): Promise<PassTimes> {
  const { engine, signal } = pass;
  const handle = await pass.loaded();
  const calls = planCalls(pass.method, scopeOf(pass.scope, pass.head), handle);
  const callsAtOnce = Math.max(1, Math.floor(CALLS_AT_ONCE / calls.length));
  const full = repeat(calls, Math.min(callsAtOnce, loops));
  const rest = repeat(calls, loops % callsAtOnce);
  const timed = engine.describe().deviceClock !== undefined;
  let deviceMs: number | undefined = 0;
  let launches = 0;
  let scores: readonly HeadScores[] = [];
  const start = pass.now();
  for (let remaining = loops; remaining > 0; remaining -= callsAtOnce) {
    const result = await engine.run(handle, remaining < callsAtOnce ? rest : full, { signal, timed });
    signal?.throwIfAborted();
    deviceMs =
      deviceMs === undefined || result.deviceMs === undefined ? undefined : deviceMs + result.deviceMs;
    launches += result.launches;
    scores = result.scores;
  }
  const wallMs = pass.now() - start;
  return { wallMs, deviceMs, calls: launches / loops, scores: scores.slice(0, headsOf(pass.scope, handle)) };
}

async function timeWithUpload(pass: Pass, loops: number): Promise<PassTimes> {
  const { engine, signal } = pass;
  const reads = pass.region === 'end to end';
  const held = reads ? undefined : inScope(pass, await pass.weights());
  let launches = 0;
  let scores: readonly HeadScores[] = [];
  const start = pass.now();
  for (let i = 0; i < loops; i++) {
    const handle = await engine.load(held ?? inScope(pass, await pass.weights()), signal, { resident: true });
    try {
      const result = await engine.run(handle, planCalls(pass.method, scopeOf(pass.scope, 0), handle), {
        signal,
      });
      launches += result.launches;
      scores = result.scores;
    } finally {
      handle.release();
    }
    signal?.throwIfAborted();
  }
  return { wallMs: pass.now() - start, deviceMs: undefined, calls: launches / loops, scores };
}

/** A head alone is uploaded alone. */
function inScope({ scope, head }: Pass, layers: readonly LayerWeights[]): readonly LayerWeights[] {
  if (scope === 'all') return layers;
  const layer = layers[0]!;
  if (scope === 'layer') return [layer];
  return [{ ...layer, q: [layer.q[head]!], k: [layer.k[kvHeadOf(head, layer.q.length, layer.k.length)]!] }];
}

function scopeOf(scope: ScopeName, head: number): Scope {
  if (scope === 'all') return { kind: 'all' };
  return scope === 'layer' ? { kind: 'layer', layerIndex: 0 } : { kind: 'head', layerIndex: 0, head };
}

function headsOf(scope: ScopeName, { layers }: EngineHandle): number {
  if (scope === 'head') return 1;
  return scope === 'layer' ? layers[0]!.heads : layers.reduce((sum, { heads }) => sum + heads, 0);
}

function repeat<T>(items: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => items).flat();
}
