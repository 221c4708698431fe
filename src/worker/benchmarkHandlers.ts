// The handlers that time engines: the benchmark of a model or a made-up shape, and the sweep over shapes.
import { ladderPoints, readBenchmarkLayers, runBenchmark, runSweep } from '../core/benchmark/index.ts';
import type { TimedEngineKey } from '../core/engines/index.ts';
import { toWire } from '../core/errors.ts';
import { raceWithAbort } from '../core/raceWithAbort.ts';
import type { ModelChoice, Repo } from '../core/repos/index.ts';
import type { BenchmarkRequest, Handlers } from './protocol.ts';

type RunDeps = Parameters<typeof runBenchmark>[1];

export interface BenchmarkHandlerDeps {
  readonly pool: {
    get(key: TimedEngineKey): Promise<RunDeps['engines'][number]>;
    get(key: 'reference'): Promise<RunDeps['reference']>;
  };
  allocate(bytes: number): Uint8Array;
  openRepo(request: BenchmarkRequest, choice: ModelChoice, signal: AbortSignal): Promise<Repo>;
  /** The clock, the order of the runs, the event loop, and what a report says of this machine. */
  readonly tools: Pick<RunDeps, 'now' | 'random' | 'yieldToEventLoop' | 'date' | 'environment'>;
}

export function createBenchmarkHandlers({
  pool,
  allocate,
  openRepo,
  tools,
}: BenchmarkHandlerDeps): Pick<Handlers, 'benchmark' | 'sweep'> {
  /**
   * Starts what can be started: an engine that can't fails at its rows, and must not keep the others from running. A cancellation
   * doesn't wait for engines on their way; the pool has them for whoever asks next.
   * @throws the first engine's reason where none starts
   */
  async function startEngines(keys: readonly TimedEngineKey[], signal: AbortSignal) {
    const started = await raceWithAbort(Promise.allSettled(keys.map((key) => pool.get(key))), signal);
    const engines = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const notStarted = started.flatMap((start, index) =>
      start.status === 'rejected' ? [{ engine: keys[index]!, error: toWire(start.reason) }] : [],
    );
    if (engines.length === 0 && started[0]?.status === 'rejected') throw started[0].reason;
    return { engines, notStarted };
  }

  /** The weights that are timed. Those of a model can be read again, for the region that times reading too. */
  async function weightsOf(request: BenchmarkRequest, signal: AbortSignal) {
    const { subject, scopes, layer } = request;
    if (subject.kind === 'synthetic') return { source: subject };
    const repo = await openRepo(request, subject.choice, signal);
    const { source, readLayers } = await readBenchmarkLayers(repo, subject.layoutOverrides, scopes, {
      ...{ layer, signal, allocate },
    });
    return { source: { ...source, name: subject.name }, readLayers };
  }

  return {
    async *benchmark(request, signal) {
      const { methods, scopes, region, confirmed, head, limitMs } = request;
      const startedAt = tools.now();
      const { engines, notStarted } = await startEngines(request.engines, signal);
      const { source, ...reading } = await weightsOf(request, signal);
      const options = { scopes, region, confirmed, limitMs, ...(head === undefined ? {} : { head }) };
      const reference = await raceWithAbort(pool.get('reference'), signal);
      const deps = { ...tools, ...reading, engines, notStarted, reference, signal, startedAt };
      yield* runBenchmark({ source, methods, ...options }, deps);
    },
    async *sweep({ engine: key, ladder }, signal) {
      const engine = await raceWithAbort(pool.get(key), signal);
      yield* runSweep({ points: ladderPoints(ladder) }, engine, { ...tools, signal });
    },
  };
}
