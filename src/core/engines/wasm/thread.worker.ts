import { startThread, type ThreadStart } from './startThread.ts';

// One thread of the wasm engine. The worker only registers; it never returns from its loop, and ends when it is
// terminated.
addEventListener(
  'message',
  ({ data }: MessageEvent<ThreadStart>) => startThread(data, () => postMessage('ready')),
  {
    once: true,
  },
);
