/** Starts a thread of the WASM engine. The URL is written out in this very form, since bundlers find workers by it. */
export const startWasmThread = (): Worker =>
  new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });

/** Starts a worker of the WASM engine that shares no memory with the others, for pages that aren't isolated. */
export const startWasmShard = (): Worker =>
  new Worker(new URL('./shards/shard.worker.ts', import.meta.url), { type: 'module' });
