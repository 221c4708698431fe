import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import type { Thread } from '../../src/core/engines/wasm/executor.ts';

/** Makes threads of the wasm engine in Node, whose code is bundled first: Node 20 runs no TypeScript. */
export async function threadMaker(): Promise<() => Thread> {
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'node20',
      lib: { entry: 'scripts/bench/nodeThread.ts', formats: ['es'] },
      rollupOptions: { external: ['node:worker_threads'] },
    },
  });
  const [{ output }] = bundle as unknown as [{ output: { code: string }[] }];
  const url = new URL(`data:text/javascript,${encodeURIComponent(output[0]!.code)}`);
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
