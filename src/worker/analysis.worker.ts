import { browserName } from './browserName.ts';
import { type HelperNews, isHelperNews } from './helperOrders.ts';
import { createPageHelpers } from './pageHelpers.ts';
import type { WorkerAnswer, WorkerRequest } from './protocol.ts';
import { createReadingThreads } from './readingThreads.ts';
import { createService } from './service.ts';
import { createTuneMemory } from './tuneMemory.ts';

// The worker only registers: what it does is in service.ts, which tests run without a worker.
const helpers = createPageHelpers((order, transfer) => postMessage(order, { transfer }));
const service = createService({
  gpu: navigator.gpu,
  post: (answer) => postMessage(answer),
  fetch: (input, init) => fetch(input, init),
  appVersion: __APP_VERSION__,
  // Absent on plain http.
  privateFiles: navigator.storage && (() => navigator.storage.getDirectory()),
  readingThreads: createReadingThreads(() => helpers.start('file-reader')),
  startHelper: helpers.start,
  tuneMemory: createTuneMemory(),
  browser: browserName(navigator),
  cores: navigator.hardwareConcurrency,
  crossOriginIsolated: globalThis.crossOriginIsolated ?? false,
});
addEventListener('message', ({ data }: MessageEvent<WorkerRequest | HelperNews>) => {
  if (isHelperNews(data)) helpers.hear(data);
  else {
    service.handle(data);
    // So that the page knows that it isn't stuck: a request may take a while to end.
    if (data.type === 'cancel') postMessage({ id: data.id, type: 'cancelling' } satisfies WorkerAnswer);
  }
});
addEventListener('messageerror', () => {
  // The page hears of it as of any error here.
  throw new Error('a request couldn’t be read');
});
