// One thread of the wasm engine. The worker only registers; it never returns from its loop, and ends when it is
// terminated.
import { startThread, type ThreadStart } from './startThread.ts';

addEventListener(
  'message',
  ({ data }: MessageEvent<ThreadStart>) => startThread(data, () => postMessage('ready')),
  {
    once: true,
  },
);
