import { parentPort } from 'node:worker_threads';
import { createShardHost } from '../../src/core/engines/wasm/shards/shardHost.ts';

parentPort!.on(
  'message',
  createShardHost((answer) => parentPort!.postMessage(answer)),
);
