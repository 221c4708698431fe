import { browserName } from './browserName.ts';
import type { WorkerRequest } from './protocol.ts';
import { createReadingThreads } from './readingThreads.ts';
import { createService } from './service.ts';
import { createTuneMemory } from './tuneMemory.ts';

// The worker only registers: what it does is in service.ts, which tests run without a worker.
const service = createService({
  gpu: navigator.gpu,
  post: (answer) => postMessage(answer),
  fetch: (input, init) => fetch(input, init),
  appVersion: __APP_VERSION__,
  // Absent on plain http.
  privateFiles: navigator.storage && (() => navigator.storage.getDirectory()),
  readingThreads: createReadingThreads(),
  tuneMemory: createTuneMemory(),
  browser: browserName(navigator),
  cores: navigator.hardwareConcurrency,
  crossOriginIsolated: globalThis.crossOriginIsolated ?? false,
});
addEventListener('message', (event: MessageEvent<WorkerRequest>) => service.handle(event.data));
