// Starts a shard in a browser's worker.
import { startedWorker } from '../../../startedWorker.ts';
import type { ShardWorker } from './shard.ts';

/** Creates a web worker for a shard. @throws where workers are refused */
export function createBrowserShard(): ShardWorker {
  return startedWorker(new Worker(new URL('./shard.worker.ts', import.meta.url), { type: 'module' }));
}
