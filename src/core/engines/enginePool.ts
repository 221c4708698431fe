// Creates engines once, and chooses the one that scores a model.

import { QKError } from '../errors.ts';
import { sharesMemory } from '../sharedMemory.ts';
import type { StartHelper } from '../startedWorker.ts';
import type { Engine, EngineId } from './engine.ts';
import { createReferenceEngine } from './reference/referenceEngine.ts';
import { selfTest } from './selfTest.ts';
import { createBrowserThread } from './wasm/browserThread.ts';
import { usableCores } from './wasm/cores.ts';
import { hasVectors } from './wasm/kernelModule.ts';
import { createShardedEngine } from './wasm/shards/shardedEngine.ts';
import { createWasmEngine, type WasmOptions } from './wasm/wasmEngine.ts';
import { describeAdapter } from './webgpu/device.ts';
import type { AdapterCache } from './webgpu/tuneTrace.ts';

/** What the user asked for. */
export type EngineChoice = 'auto' | AvailableEngine;

export const AVAILABLE_ENGINES = [
  'webgpu',
  'wasm',
  'ort-webgpu',
  'ort-wasm',
  'reference',
] as const satisfies readonly EngineId[];
export type AvailableEngine = (typeof AVAILABLE_ENGINES)[number];

/** What a comparison can time: every engine, and `wasm` on one thread beside `wasm` on all. */
export type TimedEngineKey = AvailableEngine | 'wasm-one-thread';

/** Whether an engine can run on this machine, and on what. */
export interface EngineOffer<Key extends string = AvailableEngine> {
  readonly id: Key;
  readonly available: boolean;
  /** Its device, or why it can't run. */
  readonly detail: string;
  /** Threads of the `wasm` engine. */
  readonly threads?: number;
  /** WebGPU that computes on the processor. */
  readonly isSoftware?: true;
}

/** Returns the offers of a benchmark. */
export function timedOffers(offers: readonly EngineOffer[]): EngineOffer<TimedEngineKey>[] {
  return offers.flatMap((offer): EngineOffer<TimedEngineKey>[] =>
    offer.threads === undefined || offer.threads === 1
      ? [offer]
      : [offer, { ...offer, id: 'wasm-one-thread', detail: 'WebAssembly SIMD, 1 thread', threads: 1 }],
  );
}

/**
 * Returns the engine that scores a model by this choice, as far as the offers say: one that fails to start gives way
 * to the next.
 */
export function scoringEngine(
  choice: EngineChoice,
  offers: readonly EngineOffer[],
): AvailableEngine | undefined {
  if (choice !== 'auto') return choice;
  const hasGpu = offers.some(({ id, available, isSoftware }) => id === 'webgpu' && available && !isSoftware);
  return (hasGpu ? ORDER : WITHOUT_GPU).find((id) =>
    offers.some((offer) => offer.id === id && offer.available),
  );
}

export interface ChosenEngine {
  readonly engine: Engine;
  /** Why this one: shown in the status line. */
  readonly reason: string;
}

/** Creates each engine once and keeps it; every choice comes with its reason. */
export interface EnginePool {
  choose(choice: EngineChoice): Promise<ChosenEngine>;
  /**
   * Returns the engine after a lost one, in the order of preference; null when the user insists on the lost one, or
   * none is left.
   */
  replace(lost: Engine, choice: EngineChoice, why: QKError): Promise<ChosenEngine | null>;
  get(id: TimedEngineKey): Promise<Engine>;
  offers(): Promise<EngineOffer[]>;
}

export interface EnginePoolOptions {
  /** navigator.gpu, or undefined where there is none. */
  readonly gpu: GPU | undefined;
  /** Keeps between visits what was measured of an adapter. */
  readonly adapterCache?: AdapterCache | undefined;
  /** Starts the wasm engine's further workers; absent: the engine starts them itself. */
  readonly startHelper?: StartHelper | undefined;
  /** The engines that the program comes with; all of them where it is left out. */
  readonly engines?: readonly AvailableEngine[] | undefined;
  /** Threads of the wasm engine where there are no web workers, as in Node. */
  readonly threads?: WasmThreads | undefined;
  /** Why there is no `gpu`, where a browser isn't the reason. */
  readonly whyNoGpu?: string | undefined;
}

/** How many threads the wasm engine is to have, and what makes a further one. */
export type WasmThreads = Required<Pick<WasmOptions, 'threads' | 'createThread'>>;

/** The engine after a failed one. onnxruntime's own use of the GPU comes late: it is 27 MB, and only a stand-in. */
const ORDER: readonly AvailableEngine[] = ['webgpu', 'wasm', 'ort-webgpu', 'ort-wasm', 'reference'];

/** The same without a GPU, or with a software adapter, on which every kernel of ours is slower than WASM. */
const WITHOUT_GPU: readonly AvailableEngine[] = ['wasm', 'ort-wasm', 'reference'];

export function createEnginePool(options: EnginePoolOptions): EnginePool {
  const { gpu, engines: known = AVAILABLE_ENGINES, whyNoGpu } = options;
  const adapterOf = async () => {
    const adapter = await describeAdapter(gpu);
    return gpu === undefined && whyNoGpu !== undefined ? { ...adapter, detail: whyNoGpu } : adapter;
  };
  const engines = new Map<TimedEngineKey, Promise<Engine>>();
  const get = (id: TimedEngineKey): Promise<Engine> => {
    let engine = engines.get(id);
    if (engine === undefined) {
      engine = createTested(id, options);
      engines.set(id, engine);
      // A failure isn't kept: the next try starts afresh.
      engine.catch(() => engines.delete(id));
    }
    return engine;
  };

  async function firstOf(ids: readonly AvailableEngine[], because: string): Promise<ChosenEngine> {
    let reason = because;
    for (const id of ids.filter((one) => known.includes(one))) {
      try {
        return { engine: await get(id), reason };
      } catch (error) {
        reason = `${reason}; ${id} failed to start: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    throw new QKError('engine-unavailable', `No engine could start (${reason}).`, {
      hint: 'Use a current browser.',
    });
  }

  return {
    get,
    async choose(choice) {
      if (choice !== 'auto') return { engine: await get(choice), reason: 'chosen by you' };
      const adapter = await adapterOf();
      if (!adapter.available) return firstOf(WITHOUT_GPU, `WASM, since ${adapter.detail}`);
      if (adapter.isSoftware)
        return firstOf(
          WITHOUT_GPU,
          `WASM, since WebGPU has only a software adapter here (${adapter.detail})`,
        );
      return firstOf(ORDER, 'the GPU, by WebGPU');
    },
    async replace(lost, choice, why) {
      engines.delete(lost.id as AvailableEngine);
      if (choice !== 'auto') return null;
      lost.close();
      const order = (await adapterOf()).isSoftware ? WITHOUT_GPU : ORDER;
      const rest = order.slice(order.indexOf(lost.id as AvailableEngine) + 1);
      return rest.length === 0 ? null : firstOf(rest, `${lost.id} failed midway: ${why.message}`);
    },
    async offers() {
      const adapter = await adapterOf();
      const threads = options.threads?.threads ?? usableCores();
      const sharing = options.threads !== undefined || sharesMemory();
      const units = threads === 1 ? 'thread' : sharing ? 'threads' : 'workers';
      const gpuOffer = {
        available: adapter.available,
        detail: adapter.detail,
        ...(adapter.isSoftware ? { isSoftware: true as const } : {}),
      };
      const offers: EngineOffer[] = [
        { id: 'webgpu', ...gpuOffer },
        {
          id: 'wasm',
          available: hasVectors(),
          detail: `WebAssembly SIMD, ${threads} ${units}`,
          threads,
        },
        { id: 'ort-webgpu', ...gpuOffer },
        { id: 'ort-wasm', available: typeof WebAssembly === 'object', detail: 'WebAssembly' },
        { id: 'reference', available: true, detail: 'JavaScript' },
      ];
      return offers.filter(({ id }) => known.includes(id));
    },
  };
}

/**
 * Creates an engine that has scored a small known layer correctly. @throws QKError that names it where it didn't
 */
async function createTested(id: TimedEngineKey, options: EnginePoolOptions): Promise<Engine> {
  const engine = await createEngine(id, options);
  try {
    await selfTest(engine);
  } catch (error) {
    engine.close();
    throw error;
  }
  return engine;
}

/**
 * Shaders and onnxruntime-web's files are loaded with the engine that needs them, so that the pool also runs where
 * bundlers don't.
 */
async function createEngine(
  id: TimedEngineKey,
  { gpu, adapterCache, startHelper, threads }: EnginePoolOptions,
): Promise<Engine> {
  switch (id) {
    case 'webgpu': {
      const { createWebGpuEngine } = await import('./webgpu/webgpuEngine.ts');
      return createWebGpuEngine({ gpu, adapterCache });
    }
    case 'wasm':
      if (threads !== undefined) return createWasmEngine(threads);
      return sharesMemory() || usableCores() === 1
        ? createWasmEngine(
            startHelper && { createThread: () => createBrowserThread(() => startHelper('wasm-thread')) },
          )
        : createShardedEngine(startHelper && { createWorker: () => startHelper('wasm-shard') });
    case 'wasm-one-thread':
      return createWasmEngine({ threads: 1 });
    case 'ort-webgpu': {
      const { createOrtWebGpuEngine } = await import('./ort/ortWebGpuEngine.ts');
      return createOrtWebGpuEngine(await describeAdapter(gpu));
    }
    case 'ort-wasm': {
      const { createOrtWasmEngine } = await import('./ort/ortWasmEngine.ts');
      return createOrtWasmEngine();
    }
    case 'reference':
      return createReferenceEngine();
    default:
      return id satisfies never;
  }
}
