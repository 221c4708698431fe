import { allOrAbort } from '../../../allOrAbort.ts';
import type { LayerWeights } from '../../../weights/layerWeights.ts';
import type { Engine, EngineHandle, HeadScores, KernelCall, RunOptions, RunResult } from '../../engine.ts';
import { usableCores } from '../cores.ts';
import { createWasmEngine, kernelsName } from '../wasmEngine.ts';
import { createBrowserShard } from './browserShard.ts';
import { copyLayers } from './copyLayers.ts';
import { type Shard, type ShardWorker, startShard } from './shard.ts';
import { planShards, type ShardCall, type ShardPlan } from './shardPlan.ts';

export interface ShardedOptions {
  /** The largest number of workers; by default that of the machine's cores. */
  readonly workers?: number;
  /** Creates a worker; by default a web worker. */
  readonly createWorker?: () => ShardWorker;
  /** False to leave fused multiply-adds out where the machine has them. */
  readonly fused?: boolean;
  /** Multiply-adds of the trace method below which layers stay on this thread. */
  readonly minWork?: number;
}

/** Below this sending takes about as long as the work: a millisecond. */
const MIN_WORK = 1e7;

interface ShardedHandle extends EngineHandle {
  /** The layers whole, on this thread: for pairs of heads, which may lie in two shards. */
  readonly here: Once<Promise<EngineHandle>>;
  /** Where the heads are dealt to workers; null where they stay here. */
  readonly away: { readonly plan: ShardPlan; readonly sent: Once<Sent[]> } | null;
}

/** What lies on one worker. */
interface Sent {
  readonly shard: Shard;
  readonly handle: Promise<number>;
}

/**
 * Creates the wasm engine where memory can't be shared: the heads are dealt to several workers, each with a
 * one-thread engine and a memory of its own. A head alone is one worker's. Pairs of heads are computed on this
 * thread, as they are with threads.
 */
export async function createShardedEngine(options: ShardedOptions = {}): Promise<Engine> {
  const { workers = usableCores(), createWorker = createBrowserShard, minWork = MIN_WORK } = options;
  const { fused } = options;
  const local = await createWasmEngine({ threads: 1, ...(fused === undefined ? {} : { fused }) });
  const started = await Promise.allSettled(
    Array.from({ length: workers }, () => startShard(createWorker, fused)),
  );
  const shards = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (shards.length < 2) {
    for (const shard of shards) shard.close();
    return local;
  }
  /** Lists the shards that haven't stopped. */
  const working = () => shards.filter(({ hasStopped }) => !hasStopped);
  const engine: Engine<ShardedHandle> = {
    id: 'wasm',
    describe() {
      const threads = working().length;
      if (threads < 2) return local.describe();
      return { id: 'wasm', device: `${kernelsName(fused)}, ${threads} workers`, threads };
    },
    async load(layers, signal, loadOptions) {
      signal?.throwIfAborted();
      const here = once(() => local.load(layers));
      const away = workOf(layers) < minWork ? null : awayOn(working(), layers);
      if (away === null) await here.get();
      const handle: ShardedHandle = {
        here,
        away,
        layers: layers.map(({ layer, q, k, dModel, dHead }) => ({
          ...{ layer, dModel, dHead },
          ...{ heads: q.length, kvHeads: k.length },
        })),
        chunks: layers.length === 0 ? [] : [[0, layers.length]],
        release() {
          here.made()?.then(
            (local) => local.release(),
            () => {},
          );
          for (const part of away?.sent.made() ?? []) part.handle.then(part.shard.release, () => {});
        },
      };
      // Otherwise they are sent when they are first run: whoever asks for pairs alone needs no worker.
      if (loadOptions?.resident && away !== null) {
        try {
          await allOrAbort(signal, () => away.sent.get().map((part) => part.handle));
        } catch (error) {
          handle.release();
          throw error;
        }
      }
      return handle;
    },
    run: async ({ here, away }, calls, runOptions) =>
      away === null
        ? local.run(await here.get(), calls, runOptions)
        : runAway(away.plan, away.sent.get(), calls, runOptions),
    moments: async ({ here }, layerIndex, pairs, signal) =>
      local.moments(await here.get(), layerIndex, pairs, signal),
    close() {
      for (const shard of shards) shard.close();
      local.close();
    },
  };
  return engine as Engine;
}

function awayOn(shards: readonly Shard[], layers: readonly LayerWeights[]): ShardedHandle['away'] {
  if (shards.length < 2) return null;
  const plan = planShards(layers, shards.length);
  if (plan.shards.length < 2) return null;
  return { plan, sent: once(() => plan.shards.map((part, index) => send(shards[index]!, part))) };
}

function send(shard: Shard, part: readonly LayerWeights[]): Sent {
  const load = async () => {
    const { layers, buffers } = copyLayers(part);
    return shard.load(layers, buffers);
  };
  const handle = load();
  // It is awaited by runs; until then a failure must not count as unhandled.
  handle.catch(() => {});
  return { shard, handle };
}

async function runAway(
  plan: ShardPlan,
  sent: readonly Sent[],
  calls: readonly KernelCall[],
  { signal, onScores }: RunOptions = {},
): Promise<RunResult> {
  const divided = plan.divide(calls);
  const scores = new Array<HeadScores>(divided.length);
  const report = onScores && ((some: readonly HeadScores[]) => onScores(some.map(plan.toLayerNumbers)));
  let underWay = divided.shards.filter((parts) => parts.length > 0).length;
  let launches = calls.length;
  const runPart = async ({ shard, handle }: Sent, parts: readonly ShardCall[], stop: AbortSignal) => {
    const shardCalls = parts.map(({ call }) => call);
    const result = await shard.run(await handle, shardCalls, { signal: stop, onScores: report });
    // A call was launched where each shard launched its part.
    launches -= parts.length - result.launches;
    let next = 0;
    for (const { count, shift } of parts)
      for (const end = next + count; next < end; next++) {
        const score = result.scores[next]!;
        scores[shift + plan.slotOf(score)] = plan.toLayerNumbers(score);
      }
    underWay--;
    if (underWay > 0) report?.(result.scores);
  };
  await allOrAbort(signal, (stop) =>
    sent.flatMap((part, index) => {
      const parts = divided.shards[index]!;
      return parts.length === 0 ? [] : [runPart(part, parts, stop)];
    }),
  );
  return { scores, launches };
}

/** Made when it is first asked for. */
interface Once<T> {
  get(): T;
  /** null as long as it isn't. */
  made(): T | null;
}

function once<T extends object>(make: () => T): Once<T> {
  let made: T | null = null;
  return {
    get() {
      made ??= make();
      return made;
    },
    made: () => made,
  };
}

/** Multiply-adds of the trace method. */
function workOf(layers: readonly LayerWeights[]): number {
  return layers.reduce((sum, { q, dModel, dHead }) => sum + 2 * dHead * dHead * dModel * q.length, 0);
}
