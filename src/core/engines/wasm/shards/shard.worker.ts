import { createShardHost, type ShardRequest } from './shardHost.ts';

// One shard of the wasm engine. The worker only registers.
const host = createShardHost((answer) => postMessage(answer));
addEventListener('message', ({ data }: MessageEvent<ShardRequest>) => host(data));
