// The procedures of the page's worker, in Node: the same code, with Node's files, threads and GPU.
import { availableParallelism } from 'node:os';
import type { EngineChoice } from '../core/engines/index.ts';
import { createHandlers } from '../worker/handlers.ts';
import type { Handlers, HubAccess } from '../worker/protocol.ts';
import { createDiskReaders } from './diskReaders.ts';
import { createHubFolderRanges, hubFolder } from './hubFolder.ts';
import { createNodePool } from './nodeEngines.ts';
import { createNodeFetch, type NodeFetchOptions } from './nodeFetch.ts';

export interface NodeHandlersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engine: EngineChoice;
  readonly threads?: number | undefined;
  readonly threadEntry: URL;
  readonly onLocalAnswer?: NodeFetchOptions['onLocalAnswer'];
}

const HUB_URL = 'https://huggingface.co';

/** How the environment says that the hub is reached: HF_ENDPOINT, HF_TOKEN. */
export function hubAccess(env: NodeHandlersOptions['env']): HubAccess {
  const hubUrl = env.HF_ENDPOINT?.trim() || HUB_URL;
  // `$(cat file)` leaves out the line's end, other ways of setting it don't.
  const value = env.HF_TOKEN?.trim();
  // Files of the hub's local cache are read from there.
  return { hubUrl, keepsBytes: true, ...(value ? { token: { value, hubUrl } } : {}) };
}

/** Creates the handlers for one process. @throws QKError 'engine-unavailable' for an engine that can't be here */
export async function createNodeHandlers(options: NodeHandlersOptions): Promise<Handlers> {
  const { env, engine, threads, threadEntry, onLocalAnswer } = options;
  const { hubUrl } = hubAccess(env);
  const folder = hubFolder(env);
  const isOffline = /^(?:1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? '');
  return createHandlers({
    gpu: undefined,
    pool: await createNodePool({ engine, threads, threadEntry }),
    fetch: createNodeFetch({ hubUrl, hubFolder: folder, isOffline, ...(onLocalAnswer && { onLocalAnswer }) }),
    readers: createDiskReaders(),
    savedRanges: createHubFolderRanges(folder, hubUrl),
    opfs: undefined,
    appVersion: __APP_VERSION__,
    // Node's threads share memory.
    crossOriginIsolated: true,
    cores: availableParallelism(),
    where: { runtime: 'node', name: `Node ${process.versions.node}` },
  });
}
