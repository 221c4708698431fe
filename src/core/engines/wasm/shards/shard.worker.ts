// One shard of the wasm engine. The worker only registers.
import { createShardHost, type ShardRequest } from './shardHost.ts';

const host = createShardHost((answer) => postMessage(answer));
addEventListener('message', ({ data }: MessageEvent<ShardRequest>) => host(data));
