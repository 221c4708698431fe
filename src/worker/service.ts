import { type AnalysisDeps, analyse } from '../core/analysis/index.ts';
import { ladderPoints, readBenchmarkLayers, runBenchmark, runSweep } from '../core/benchmark/index.ts';
import { createFileReaders } from '../core/bytes/fileReaders.ts';
import { createPrivateFileRanges } from '../core/bytes/privateFiles.ts';
import type { ReadingThread } from '../core/bytes/readingThread.ts';
import { REAL_RETRY_TOOLS } from '../core/bytes/retry.ts';
import { createEnginePool, type TuneMemory } from '../core/engines/index.ts';
import { toWire } from '../core/errors.ts';
import { raceWithAbort } from '../core/raceWithAbort.ts';
import { openRepo, readHubInfo, readHubRefs, readRevisionFiles } from '../core/repos/index.ts';
import type { StartHelper } from '../core/startedWorker.ts';
import { createCloserLook } from './closerLook.ts';
import type {
  AnalyseRequest,
  CompareRequest,
  ScoredModel,
  SweepRequest,
  WorkerAnswer,
  WorkerRequest,
} from './protocol.ts';

export interface ServiceOptions {
  readonly gpu: GPU | undefined;
  post(answer: WorkerAnswer): void;
  readonly fetch: typeof fetch;
  readonly appVersion: string;
  readonly crossOriginIsolated: boolean;
  /** Logical processors, for the reports of times. */
  readonly cores?: number;
  /** Its name and version, for the reports of times; left out of them where it isn't told. */
  readonly browser?: string;
  /** Where ranges of files are kept, if the user wants it; undefined where the browser has no such place. */
  readonly privateFiles: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  /** That read local files into shared memory; none where memory can't be shared. */
  readonly readingThreads?: readonly ReadingThread[];
  /** Starts engines' further workers; absent: each engine starts its own. */
  readonly startHelper?: StartHelper;
  /** Where what was measured of the GPU is kept. */
  readonly tuneMemory?: TuneMemory;
}

/** Answers the page's requests; several may be under way at once, each with its own abort signal. */
export function createService(options: ServiceOptions) {
  const pool = createEnginePool({
    gpu: options.gpu,
    memory: options.tuneMemory,
    startHelper: options.startHelper,
  });
  const running = new Map<number, AbortController>();

  async function run(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      await work(controller.signal);
    } catch (error) {
      options.post({ id, type: 'failed', error: toWire(error) });
    } finally {
      running.delete(id);
      options.post({ id, type: 'end' });
    }
  }

  const threads = options.readingThreads ?? [];
  const readers = threads.length === 0 ? undefined : createFileReaders(threads);
  const cache =
    options.privateFiles === undefined ? undefined : createPrivateFileRanges(options.privateFiles, readers);
  const hubOf = ({ hubUrl, token, ...request }: AnalyseRequest | CompareRequest | ScoredModel) => ({
    cache: 'keepsBytes' in request && request.keepsBytes ? cache : undefined,
    hubUrl,
    token,
    fetch: options.fetch,
    readers,
  });

  const allocate = (bytes: number) =>
    new Uint8Array(readers === undefined ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));

  const closer = createCloserLook({
    openRepo: (request, abort) => openRepo(request.choice, hubOf(request), abort),
    allocate,
    engine: pool.get,
  });

  async function analyseModel(id: number, request: AnalyseRequest, signal: AbortSignal): Promise<void> {
    const deps: AnalysisDeps = {
      allocate,
      openRepo: (choice, abort) => openRepo(choice, hubOf(request), abort),
      chooseEngine: () => pool.choose(request.engine),
      replaceEngine: (lost, why) => pool.replace(lost, request.engine, why),
      now: () => performance.now(),
      date: () => new Date().toISOString(),
      appVersion: options.appVersion,
    };
    const { choice, answers, convention } = request;
    for await (const event of analyse({ choice, answers, convention }, deps, signal)) {
      options.post({ id, type: 'analysis', event });
    }
  }

  const timingTools = () => ({
    now: () => performance.now(),
    random: Math.random,
    yieldToEventLoop: () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
    date: () => new Date().toISOString(),
    environment: {
      app: { version: options.appVersion },
      cores: options.cores,
      crossOriginIsolated: options.crossOriginIsolated,
      ...(options.browser === undefined
        ? {}
        : { where: { runtime: 'browser' as const, name: options.browser } }),
    },
  });

  /**
   * One engine that can't start fails at its rows; it must not keep the others from running. A cancellation doesn't wait for
   * engines on their way: they are kept for whoever asks next.
   * @throws the reason of the first where none starts.
   */
  async function startEngines(keys: CompareRequest['engines'], signal: AbortSignal) {
    const started = await raceWithAbort(Promise.allSettled(keys.map((key) => pool.get(key))), signal);
    const engines = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const notStarted = started.flatMap((one, at) =>
      one.status === 'rejected' ? [{ engine: keys[at]!, error: toWire(one.reason) }] : [],
    );
    if (engines.length === 0 && started[0]?.status === 'rejected') throw started[0].reason;
    return { engines, notStarted };
  }

  async function compare(id: number, request: CompareRequest, signal: AbortSignal): Promise<void> {
    const { subject, methods, scopes, region, confirmed, head, layer } = request;
    const { engines, notStarted } = await startEngines(request.engines, signal);
    const repo = subject.kind === 'model' ? await openRepo(subject.choice, hubOf(request), signal) : null;
    const read =
      repo === null || subject.kind !== 'model'
        ? null
        : await readBenchmarkLayers(repo, subject.answers, scopes, {
            layer,
            signal,
            allocate,
          });
    const source =
      read === null || subject.kind !== 'model'
        ? (subject as Extract<typeof subject, { kind: 'synthetic' }>)
        : { ...read.source, name: subject.name };
    const events = runBenchmark(
      { source, methods, scopes, region, confirmed, ...(head === undefined ? {} : { head }) },
      {
        engines,
        notStarted,
        reference: await raceWithAbort(pool.get('reference'), signal),
        ...timingTools(),
        signal,
        ...(read === null ? {} : { readLayers: read.readLayers }),
      },
    );
    for await (const event of events) options.post({ id, type: 'benchmark', event });
  }

  async function sweep(id: number, request: SweepRequest, signal: AbortSignal): Promise<void> {
    const engine = await raceWithAbort(pool.get(request.engine), signal);
    const job = { points: ladderPoints(request.ladder) };
    for await (const event of runSweep(job, engine, { ...timingTools(), signal }))
      options.post({ id, type: 'sweep', event });
  }

  return {
    handle(request: WorkerRequest): void {
      const { id } = request;
      switch (request.type) {
        case 'cancel':
          running.get(id)?.abort();
          return;
        case 'engines':
          void run(id, async () => options.post({ id, type: 'engines', offers: await pool.offers() }));
          return;
        case 'revision':
          void run(id, async (signal) => {
            const hub = request.hubUrl.replace(/\/+$/, '');
            const info = await readHubInfo(
              { ...request, hub, fetch: options.fetch, retry: REAL_RETRY_TOOLS },
              signal,
            );
            options.post({ id, type: 'revision', sha: info.sha });
          });
          return;
        case 'refs':
          void run(id, async (signal) => {
            const refs = await readHubRefs(
              { ...request, fetch: options.fetch, retry: REAL_RETRY_TOOLS },
              signal,
            );
            options.post({ id, type: 'refs', refs });
          });
          return;
        case 'revisionFiles':
          void run(id, (signal) =>
            readRevisionFiles(
              { ...request, fetch: options.fetch, retry: REAL_RETRY_TOOLS },
              (commit, files, error) => options.post({ id, type: 'revisionFiles', commit, files, error }),
              signal,
            ),
          );
          return;
        case 'analyse':
          void run(id, (signal) => analyseModel(id, request, signal));
          return;
        case 'head':
          void run(id, async (signal) => {
            for await (const detail of closer.head(request, signal))
              options.post({ id, type: 'head', detail });
          });
          return;
        case 'partners':
          void run(id, async (signal) => {
            for await (const event of closer.partners(request, signal))
              options.post({ id, type: 'partners', event });
          });
          return;
        case 'measures':
          void run(id, async (signal) => {
            for await (const event of closer.measures(request, signal))
              options.post({ id, type: 'measures', event });
          });
          return;
        case 'sweep':
          void run(id, (signal) => sweep(id, request, signal));
          return;
        case 'benchmark':
          void run(id, (signal) => compare(id, request, signal));
          return;
        default:
          request satisfies never;
      }
    },
  };
}
