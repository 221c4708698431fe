import type { FromWorker, ToWorker } from './browserWorker.ts';

/** Given by the terminal (browserBench.ts). */
declare global {
  interface Window {
    fromWorker(message: FromWorker): Promise<ToWorker | null>;
    startBench(message: ToWorker): void;
  }
}

const worker = new Worker(new URL('./browserWorker.ts', import.meta.url), { type: 'module' });
worker.addEventListener('message', async ({ data }: MessageEvent<FromWorker>) => {
  const answer = await window.fromWorker(data);
  if (answer !== null) worker.postMessage(answer);
});
worker.addEventListener('error', ({ message }) => window.fromWorker({ type: 'failed', text: message }));
window.startBench = (message) => worker.postMessage(message);
