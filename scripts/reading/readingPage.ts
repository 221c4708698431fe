import type { Measured, ReadingTask } from './readingWorker.ts';

/** Given by the terminal (measureReading.ts). */
declare global {
  interface Window {
    measure(task: ReadingTask): Promise<Measured>;
  }
}

const worker = new Worker(new URL('./readingWorker.ts', import.meta.url), { type: 'module' });
window.measure = (task) =>
  new Promise((settle, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Measured | { readonly failed: string }>) =>
      'failed' in data ? reject(new Error(data.failed)) : settle(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ task, files: [...document.querySelector('input')!.files!] });
  });
