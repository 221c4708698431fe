import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import { createEnginePool, type EnginePool, type TimedEngineKey } from '../../src/core/engines/enginePool.ts';
import { createOrtWasmEngine } from '../../src/core/engines/ort/ortWasmEngine.ts';
import { createWasmEngine } from '../../src/core/engines/wasm/wasmEngine.ts';
import { browserName } from '../../src/worker/browserName.ts';
import { type BenchOptions, benchShapes, distinctEngines } from './benchShapes.ts';
import type { Numpy, NumpyRequest } from './numpyPeer.ts';
import { loadPeer } from './peers.ts';
import { measureWasmPeak } from './wasmPeak.ts';

/** What the page hands to the worker, and what comes back. */
export type ToWorker =
  | { readonly type: 'start'; readonly options: BenchOptions; readonly numpys: readonly NumpyFacts[] }
  | { readonly type: 'answer'; readonly id: number; readonly answer: { ms: number; r: number[] } };
export type FromWorker =
  | { readonly type: 'ask'; readonly id: number; readonly process: number; readonly request: NumpyRequest }
  | { readonly type: 'say' | 'refused' | 'report' | 'peak' | 'end' | 'failed'; readonly text: string };
export type NumpyFacts = Pick<Numpy, 'version' | 'threads'>;

const waiting = new Map<number, (answer: { ms: number; r: number[] }) => void>();
const post = (message: FromWorker) => postMessage(message);

function engineOf(pool: EnginePool, key: TimedEngineKey, threads: number | undefined) {
  if (threads !== undefined && key === 'wasm') return createWasmEngine({ threads });
  if (threads !== undefined && key === 'ort-wasm') return createOrtWasmEngine({ threads });
  return pool.get(key);
}

/** The same comparison as in Node, in a browser's worker: where the page's engines run. */
async function start(options: BenchOptions, facts: readonly NumpyFacts[]): Promise<void> {
  post({ type: 'peak', text: JSON.stringify(measureWasmPeak()) });
  const pool = createEnginePool({ gpu: navigator.gpu });
  const engines: TimedEngine[] = [];
  for (const key of options.engines) {
    try {
      engines.push(await engineOf(pool, key as TimedEngineKey, options.threads));
    } catch (error) {
      post({ type: 'refused', text: `${key}: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  for (const peer of options.peers) {
    try {
      engines.push(await loadPeer(peer));
    } catch (error) {
      post({
        type: 'refused',
        text: `${peer.key}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  let asked = 0;
  const numpys = facts.map(
    (one, process): Numpy => ({
      ...one,
      ask: (request) =>
        new Promise((settle) => {
          const id = ++asked;
          waiting.set(id, settle);
          post({ type: 'ask', id, process, request });
        }),
    }),
  );
  const environment = {
    crossOriginIsolated: globalThis.crossOriginIsolated,
    where: { runtime: 'browser' as const, name: browserName(navigator) },
    cores: navigator.hardwareConcurrency,
  };
  const say = (text: string) => post({ type: 'say', text });
  for await (const report of benchShapes(options, distinctEngines(engines), numpys, environment, say))
    post({ type: 'report', text: JSON.stringify(report) });
  post({ type: 'end', text: '' });
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'answer') {
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
    return;
  }
  start(data.options, data.numpys).catch((error: unknown) =>
    post({ type: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
