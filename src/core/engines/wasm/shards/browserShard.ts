import type { ShardWorker } from './shard.ts';
import type { ShardAnswer } from './shardHost.ts';

/** A web worker for a shard. @throws where workers are refused */
export function createBrowserShard(): ShardWorker {
  const worker = new Worker(new URL('./shard.worker.ts', import.meta.url), { type: 'module' });
  return {
    listen(onAnswer, onStop) {
      worker.addEventListener('message', ({ data }: MessageEvent<ShardAnswer>) => onAnswer(data));
      worker.addEventListener('error', ({ message }) => onStop(message));
      worker.addEventListener('messageerror', () => onStop('its answer couldn’t be read'));
    },
    post: (request, transfer) => worker.postMessage(request, transfer),
    terminate: () => worker.terminate(),
  };
}
