import { QKError } from '../../errors.ts';
import { sharesMemory } from '../../sharedMemory.ts';
import type {
  Engine,
  EngineHandle,
  HeadPair,
  HeadScores,
  KernelCall,
  PairMoments,
  RunOptions,
  RunResult,
} from '../engine.ts';
import { pairMoments, unpadded } from '../pairMoments.ts';
import { createYielder } from '../yielder.ts';
import { createBrowserThread } from './browserThread.ts';
import { usableCores } from './cores.ts';
import { createExecutor, type Executor, type Thread } from './executor.ts';
import { createHeap } from './heap.ts';
import type { Job, JobResult, PairProducts } from './jobs.ts';
import { createKernelMemory } from './kernelMemory.ts';
import { buildKernels, hasFusedMultiplyAdd, hasVectors } from './kernelModule.ts';
import { PANEL_COLUMNS } from './kernels/panel.ts';
import { type PlacedLayer, type PlacedLayers, placeLayers } from './placeLayers.ts';
import { isSafeMagnitude, rescaleIfExtreme } from './rescale.ts';
import { scratchLayout } from './scratch.ts';
import { createSharedArena } from './sharedArena.ts';
import { traceError } from './traceError.ts';

export interface WasmOptions {
  /**
   * The largest number of threads; more than one needs shared memory (cross-origin isolation). The default is the
   * machine's.
   */
  readonly threads?: number;
  /** Creates a further thread; by default a web worker. */
  readonly createThread?: () => Thread;
  /** False to leave fused multiply-adds out where the machine has them. */
  readonly fused?: boolean;
}

interface WasmHandle extends EngineHandle {
  readonly placed: PlacedLayers;
}

/** Jobs that each thread should find in a layer, so that none waits long for the last one. */
const JOBS_PER_THREAD = 8;
/**
 * Creates the engine of our own kernels in WebAssembly: SIMD, fused multiply-add where the browser has it, threads
 * where memory may be shared.
 */
export async function createWasmEngine(options: WasmOptions = {}): Promise<Engine> {
  if (!hasVectors())
    throw new QKError('engine-unavailable', 'This browser has no WebAssembly SIMD.', {
      hint: 'Use a current browser, or choose another engine in the settings.',
    });
  const wanted = Math.max(1, options.threads ?? (sharesMemory() ? usableCores() : 1));
  const { memory, type } = createKernelMemory(wanted > 1);
  const isFused = options.fused ?? hasFusedMultiplyAdd();
  const module = await WebAssembly.compile(buildKernels(type, isFused));
  const heap = createHeap(memory);
  const arena = createSharedArena(heap, type);
  const create = options.createThread ?? (() => createBrowserThread());
  const helpers = type.shared ? Array.from({ length: wanted - 1 }, create) : [];
  const executor = await createExecutor(heap, module, helpers);
  const { threads } = executor;
  const engine: Engine<WasmHandle> = {
    id: 'wasm',
    describe: () => ({
      id: 'wasm',
      device: `${kernelsName(isFused)}, ${threads} thread${threads === 1 ? '' : 's'}`,
      threads,
    }),
    async load(layers, signal) {
      signal?.throwIfAborted();
      const placed = placeLayers(heap, arena, layers);
      return {
        placed,
        layers: placed.layers,
        chunks: layers.length === 0 ? [] : [[0, layers.length]],
        release: placed.release,
      };
    },
    allocateShared: arena.allocateShared,
    run: (handle, calls, runOptions) => run(executor, handle, calls, runOptions),
    moments: ({ placed }, layerIndex, pairs, signal) =>
      momentsOf(executor, placed, layerAt(placed.layers, layerIndex), pairs, signal),
    close: () => executor.close(),
  };
  return engine as Engine;
}

/** What a job is about, to read its results by. */
interface Task {
  readonly job: Job;
  readonly layer: PlacedLayer;
  readonly heads: readonly number[];
}

async function run(
  executor: Executor,
  { placed }: WasmHandle,
  calls: readonly KernelCall[],
  { signal, onScores }: RunOptions = {},
): Promise<RunResult> {
  const yielder = createYielder(signal);
  const runTasks = async (tasks: readonly Task[], tell?: RunOptions['onScores']) => {
    const results = await executor.run(
      tasks.map(({ job }) => job),
      yielder,
      tell && ((from, slice) => tell(scoresOf(finalIn(tasks.slice(from), slice)))),
    );
    return tasks.map((task, index) => ({ task, results: results[index]! }));
  };
  const plan = () => calls.flatMap((call) => tasksOf(placed, call, executor.threads));
  let done = calls.length === 0 ? [] : await runTasks(plan(), onScores);
  // Raw elements are tried first; the rare matrix of extreme scale is rewritten, and its jobs are run again.
  const rewritten = done.filter(({ task, results }) => rescaleWhereNeeded(placed, task, results));
  if (rewritten.length > 0) done = await runTasks(plan());
  return { scores: scoresOf(done), launches: calls.length };
}

function tasksOf({ layers }: PlacedLayers, call: KernelCall, threads: number): Task[] {
  switch (call.kernel) {
    case 'norm':
      return normTasks(layerAt(layers, call.layerIndex), call.head);
    case 'trace':
      return traceTasks(layerAt(layers, call.layerIndex), [call.head], threads);
    case 'trace-heads':
      return wholeLayer(layerAt(layers, call.layerIndex), threads);
    case 'trace-full':
      return layers.slice(call.from, call.to).flatMap((layer) => wholeLayer(layer, threads));
    default:
      return call satisfies never;
  }
}

function wholeLayer(layer: PlacedLayer, threads: number): Task[] {
  return traceTasks(
    layer,
    Array.from({ length: layer.heads }, (_, head) => head),
    threads,
  );
}

/**
 * Returns one job for neighbouring heads that share a key head: fewer where there would be too few jobs for the
 * threads.
 */
function traceTasks(layer: PlacedLayer, heads: readonly number[], threads: number): Task[] {
  const enough =
    threads === 1 ? Infinity : Math.max(1, Math.floor(heads.length / (threads * JOBS_PER_THREAD)));
  const maxHeads = Math.min(scratchLayout(layer.dHead).headsAtOnce, enough);
  const tasks: Task[] = [];
  for (let index = 0; index < heads.length; ) {
    const kvHead = layer.kvHeadOf(heads[index]!);
    let to = index + 1;
    while (to < heads.length && to - index < maxHeads && layer.kvHeadOf(heads[to]!) === kvHead) to++;
    const group = heads.slice(index, to);
    tasks.push({ layer, heads: group, job: jobOf(layer, 'trace', group, 0) });
    index = to;
  }
  return tasks;
}

/** Returns a row of panels of M each. */
function normTasks(layer: PlacedLayer, head: number): Task[] {
  return Array.from({ length: Math.ceil(layer.dModel / PANEL_COLUMNS) }, (_, panel) => ({
    layer,
    heads: [head],
    job: jobOf(layer, 'norm', [head], panel),
  }));
}

function jobOf(layer: PlacedLayer, kernel: Job['kernel'], heads: readonly number[], panel: number): Job {
  const { dModel, dHead } = layer;
  const k = layer.k[layer.kvHeadOf(heads[0]!)]!.source;
  return { kernel, dModel, dHead, panel, k, q: heads.map((head) => layer.q[head]!.source) };
}

/**
 * Returns those of the tasks with results whose scores will not change: they have one job alone, and weights that
 * needn't be rewritten.
 */
function finalIn(tasks: readonly Task[], slice: readonly JobResult[][]) {
  return slice
    .map((results, index) => ({ task: tasks[index]!, results }))
    .filter(
      ({ task, results }) =>
        task.job.kernel === 'trace' &&
        results.every((result) => isSafeMagnitude(result.qMagnitude) && isSafeMagnitude(result.kMagnitude)),
    );
}

/** Returns true when a matrix was rewritten, so that the results don't count. */
function rescaleWhereNeeded(
  placed: PlacedLayers,
  { layer, heads, job }: Task,
  results: readonly JobResult[],
): boolean {
  let isRewritten = false;
  // A norm job's magnitudes are those of its own panel and the later ones: only the first job's are the whole matrix's.
  if (job.panel > 0) return false;
  const check = (side: 'q' | 'k', head: number, magnitude: number) => {
    if (rescaleIfExtreme(placed, layer, side, head, magnitude)) isRewritten = true;
  };
  for (const [index, head] of heads.entries()) {
    check('q', head, results[index]!.qMagnitude);
    check('k', layer.kvHeadOf(head), results[index]!.kMagnitude);
  }
  return isRewritten;
}

async function momentsOf(
  executor: Executor,
  placed: PlacedLayers,
  layer: PlacedLayer,
  pairs: readonly HeadPair[],
  signal: AbortSignal | undefined,
): Promise<PairMoments[]> {
  const yielder = createYielder(signal);
  const { dModel, dHead } = layer;
  const moments: PairMoments[] = [];
  for (const [g, h] of pairs) {
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
    const [kvG, kvH] = [layer.kvHeadOf(g), layer.kvHeadOf(h)];
    const matrices = () => ({ qg: layer.q[g]!, qh: layer.q[h]!, kg: layer.k[kvG]!, kh: layer.k[kvH]! });
    const run = () => {
      const { qg, qh, kg, kh } = matrices();
      const sources = { qg: qg.source, qh: qh.source, kg: kg.source, kh: kh.source };
      return executor.runPair({ dModel, dHead }, sources);
    };
    let products: PairProducts = await run();
    const { magnitudes } = products;
    const rewritten = [
      rescaleIfExtreme(placed, layer, 'q', g, magnitudes.qg),
      g !== h && rescaleIfExtreme(placed, layer, 'q', h, magnitudes.qh),
      rescaleIfExtreme(placed, layer, 'k', kvG, magnitudes.kg),
      kvG !== kvH && rescaleIfExtreme(placed, layer, 'k', kvH, magnitudes.kh),
    ];
    if (rewritten.includes(true)) products = await run();
    const { qg, qh, kg, kh } = matrices();
    const { a, b, c, cBack, features } = products;
    moments.push(
      pairMoments(dHead, [qg, qh], [kg, kh], () => ({
        a: unpadded(a, dHead, features),
        b: unpadded(b, dHead, features),
        c: unpadded(c, dHead, features),
        cBack: unpadded(cBack, dHead, features),
      })),
    );
  }
  return moments;
}

/** Turns results into scores; the panels of one head follow each other, and are added up. */
function scoresOf(done: readonly { task: Task; results: readonly JobResult[] }[]): HeadScores[] {
  const scores: HeadScores[] = [];
  for (const { task, results } of done) {
    const { layer, heads, job } = task;
    for (const [index, head] of heads.entries()) {
      const { first, second } = results[index]!;
      const [q, k] = [layer.q[head]!, layer.k[layer.kvHeadOf(head)]!];
      const [traceCC, traceAB] = job.kernel === 'trace' ? [first, second] : [first / 2 - second, second];
      if (job.panel > 0) {
        const last = scores.at(-1)!;
        scores[scores.length - 1] = {
          ...last,
          traceCC: last.traceCC + traceCC,
          traceAB: last.traceAB + traceAB,
        };
      } else {
        const error = job.kernel === 'trace' ? traceError(layer, results[index]!) : undefined;
        const log2Scale = q.exponent + k.exponent;
        scores.push({ layer: layer.layer, head, traceCC, traceAB, log2Scale, roundingError: error });
      }
      if (!q.allFinite || !k.allFinite)
        scores[scores.length - 1] = {
          ...scores.at(-1)!,
          traceCC: Number.NaN,
          traceAB: Number.NaN,
          roundingError: undefined,
        };
    }
  }
  return scores;
}

function layerAt(layers: readonly PlacedLayer[], layerIndex: number): PlacedLayer {
  const layer = layers[layerIndex];
  if (layer !== undefined) return layer;
  throw new QKError(
    'internal',
    `Layer position ${layerIndex} of ${layers.length} was asked of the WASM engine.`,
  );
}

/** "WebAssembly SIMD with fused multiply-add", as far as it is wanted and the machine has it. */
export function kernelsName(fused = hasFusedMultiplyAdd()): string {
  return `WebAssembly SIMD${fused ? ' with fused multiply-add' : ''}`;
}
