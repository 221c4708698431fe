import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import type { Thread } from '../../src/core/engines/wasm/executor.ts';

/** The code of a worker for Node, as an URL: Node 20 runs no TypeScript. */
export async function bundleWorker(entry: string): Promise<URL> {
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'node20',
      lib: { entry, formats: ['es'] },
      rollupOptions: { external: ['node:worker_threads'] },
    },
  });
  const [{ output }] = bundle as unknown as [{ output: { code: string }[] }];
  return new URL(`data:text/javascript,${encodeURIComponent(output[0]!.code)}`);
}

/** Makes threads of the wasm engine in Node. */
export async function threadMaker(): Promise<() => Thread> {
  const url = await bundleWorker('scripts/bench/nodeThread.ts');
  return () => {
    const worker = new Worker(url);
    worker.unref();
    return {
      start: (what) =>
        new Promise((settle, reject) => {
          worker.once('message', () => settle());
          worker.once('error', reject);
          worker.postMessage(what);
        }),
      terminate: () => void worker.terminate(),
    };
  };
}
