import { Worker } from 'node:worker_threads';
import { bundleWorker } from '../../scripts/bench/nodeThreads.ts';
import type { ShardWorker } from '../../src/core/engines/wasm/shards/shard.ts';

/** Makes workers of the sharded wasm engine in Node. */
export async function shardMaker(): Promise<() => ShardWorker> {
  const url = await bundleWorker('tests/support/nodeShard.ts');
  return () => {
    const worker = new Worker(url);
    worker.unref();
    return {
      listen(onAnswer, onStop) {
        worker.on('message', onAnswer);
        worker.on('error', onStop);
        worker.on('exit', () => onStop());
      },
      post: (request, transfer) => worker.postMessage(request, transfer),
      terminate: () => void worker.terminate(),
    };
  };
}
