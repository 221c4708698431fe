// The analysis worker's entry: it only connects; what it does is in handlers.ts, which tests run without a worker.
import { createAdapterCache } from './adapterCache.ts';
import { browserName } from './browserName.ts';
import { createHandlers } from './handlers.ts';
import { type HelperNews, isHelperNews } from './helperOrders.ts';
import { createPageHelpers } from './pageHelpers.ts';
import type { RequestMessage } from './protocol.ts';
import { createReadingThreads } from './readingThreads.ts';
import { trustOwnScripts } from './scriptPolicy.ts';
import { createService } from './service.ts';

// A built worker lies in the folder assets/ of the page.
trustOwnScripts(new URL('../', location.href).href);
const helpers = createPageHelpers((order, transfer) => postMessage(order, { transfer }));
const handlers = createHandlers({
  gpu: navigator.gpu,
  fetch: (input, init) => fetch(input, init),
  appVersion: __APP_VERSION__,
  // Absent on plain http.
  opfs: navigator.storage?.getDirectory && (() => navigator.storage.getDirectory()),
  readingThreads: createReadingThreads(() => helpers.start('file-reader')),
  startHelper: helpers.start,
  adapterCache: createAdapterCache(),
  browser: browserName(navigator),
  cores: navigator.hardwareConcurrency,
  crossOriginIsolated: globalThis.crossOriginIsolated ?? false,
});
const service = createService(handlers, (response) => postMessage(response));

addEventListener('message', ({ data }: MessageEvent<RequestMessage | HelperNews>) => {
  if (isHelperNews(data)) helpers.receive(data);
  else service.handle(data);
});
addEventListener('messageerror', () => {
  // The page hears of it as of any error here.
  throw new Error('a request couldn’t be read');
});
