// The entry of one thread of the wasm engine in Node.
import { parentPort } from 'node:worker_threads';
import { startWasmJobs } from '../core/engines/index.ts';

parentPort?.once('message', (what: Parameters<typeof startWasmJobs>[0]) =>
  startWasmJobs(what, () => parentPort?.postMessage('ready')),
);
