import { parentPort } from 'node:worker_threads';
import { startThread, type ThreadStart } from '../../src/core/engines/wasm/startThread.ts';

parentPort!.once('message', (what: ThreadStart) => startThread(what, () => parentPort!.postMessage('ready')));
