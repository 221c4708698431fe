// What the worker does for the page: one handler for each procedure of the protocol.
import { type AnalysisDeps, analyse } from '../core/analysis/index.ts';
import { createFileReaders, type FileReaders } from '../core/bytes/fileReaders.ts';
import { createOpfsRanges } from '../core/bytes/opfsRanges.ts';
import type { RangeCache } from '../core/bytes/rangeCache.ts';
import type { ReadingThread } from '../core/bytes/readingThread.ts';
import { REAL_RETRY_TOOLS } from '../core/bytes/retry.ts';
import { loadCollections } from '../core/collection/index.ts';
import { type AdapterCache, createEnginePool, type EnginePool } from '../core/engines/index.ts';
import { allPartners, computeLayerMetrics, headDetail } from '../core/inspection/index.ts';
import { openRepo, readHubInfo, readHubRefs, readRevisionFiles } from '../core/repos/index.ts';
import type { BenchmarkReport } from '../core/result/index.ts';
import type { StartHelper } from '../core/startedWorker.ts';
import { createBenchmarkHandlers } from './benchmarkHandlers.ts';
import { callbackEvents } from './callbackEvents.ts';
import { createModelInspector } from './modelInspector.ts';
import type { CommitFiles, Handlers, HubAccess, RequestOf } from './protocol.ts';

export interface HandlerOptions {
  readonly gpu: GPU | undefined;
  readonly fetch: typeof fetch;
  readonly appVersion: string;
  readonly crossOriginIsolated: boolean;
  /** Logical processors, for the benchmark's reports. */
  readonly cores?: number;
  /** The browser's name and version, for the benchmark's reports; they leave it out where it is unknown. */
  readonly browser?: string;
  /** Opens the place where ranges of files are saved, if the user wants it; undefined where the browser has no such place. */
  readonly opfs: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  /** Threads that read local files into shared memory; none where memory can't be shared. */
  readonly readingThreads?: readonly ReadingThread[];
  /** Starts engines' further workers; where it is left out, each engine starts its own. */
  readonly startHelper?: StartHelper;
  /** Saves what was measured of the graphics adapters. */
  readonly adapterCache?: AdapterCache;
  /** What Node has in place of a browser's engines, readers and storage. */
  readonly pool?: EnginePool;
  readonly readers?: FileReaders;
  readonly savedRanges?: RangeCache;
  /** How a benchmark's report names the program that it runs in; by default the browser. */
  readonly where?: BenchmarkReport['where'];
}

export function createHandlers(options: HandlerOptions): Handlers {
  const { fetch, appVersion } = options;
  const pool =
    options.pool ??
    createEnginePool({
      gpu: options.gpu,
      adapterCache: options.adapterCache,
      startHelper: options.startHelper,
    });
  const threads = options.readingThreads ?? [];
  const readers = options.readers ?? (threads.length === 0 ? undefined : createFileReaders(threads));
  const savedRanges =
    options.savedRanges ?? (options.opfs === undefined ? undefined : createOpfsRanges(options.opfs, readers));
  const allocate = (bytes: number) =>
    new Uint8Array(readers === undefined ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));
  const hubOf = ({ hubUrl, token, keepsBytes }: HubAccess) => ({
    cache: keepsBytes ? savedRanges : undefined,
    ...{ hubUrl, token, fetch, readers },
  });
  const where =
    options.where ??
    (options.browser === undefined ? undefined : { runtime: 'browser' as const, name: options.browser });
  const now = () => performance.now();
  const date = () => new Date().toISOString();

  const inspect = createModelInspector({
    openRepo: (request, abort) => openRepo(request.choice, hubOf(request), abort),
    allocate,
    engine: pool.get,
  });

  return {
    async *ping() {
      yield { isThere: true };
    },
    analyse(request, signal) {
      const { choice, layoutOverrides, convention, headersOnly, earlier } = request;
      const deps: AnalysisDeps = {
        ...{ allocate, now, date, appVersion },
        openRepo: (repo, abort) => openRepo(repo, hubOf(request), abort),
        chooseEngine: () => pool.choose(request.engine),
        replaceEngine: (lost, why) => pool.replace(lost, request.engine, why),
      };
      return analyse({ choice, layoutOverrides, convention, headersOnly, earlier }, deps, signal);
    },
    headDetail: inspect((model, request: RequestOf<'headDetail'>, engines, signal) =>
      headDetail(model, request.place, engines, signal),
    ),
    partners: inspect((model, request: RequestOf<'partners'>, engines, signal) =>
      allPartners(model, request.place, engines, signal),
    ),
    layerMetrics: inspect((model, request: RequestOf<'layerMetrics'>, engines, signal) =>
      computeLayerMetrics(model, request.what, engines, signal),
    ),
    ...createBenchmarkHandlers({
      pool,
      allocate,
      openRepo: (request, choice, signal) => openRepo(choice, hubOf(request), signal),
      tools: {
        ...{ now, date, random: Math.random },
        yieldToEventLoop: () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
        environment: {
          app: { version: appVersion },
          cores: options.cores,
          crossOriginIsolated: options.crossOriginIsolated,
          ...(where === undefined ? {} : { where }),
        },
      },
    }),
    async *collection({ files, before }, signal) {
      yield* (await loadCollections()).readCollection(files, now, signal, before);
    },
    async *collectionModel({ file, from, to }) {
      yield { text: await (await loadCollections()).readCollectionModel(file, { from, to }) };
    },
    async *engines() {
      yield await pool.offers();
    },
    async *revision(request, signal) {
      const hub = request.hubUrl.replace(/\/+$/, '');
      yield await readHubInfo({ ...request, hub, fetch, retry: REAL_RETRY_TOOLS }, signal);
    },
    async *refs(request, signal) {
      yield await readHubRefs({ ...request, fetch, retry: REAL_RETRY_TOOLS }, signal);
    },
    revisionFiles: (request, signal) =>
      callbackEvents<CommitFiles>((report) =>
        readRevisionFiles(
          { ...request, fetch, retry: REAL_RETRY_TOOLS },
          (commit, files, error) => report({ commit, files, error }),
          signal,
        ),
      ),
  };
}
