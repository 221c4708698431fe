import { analyse } from '../../src/core/analysis/analyse.ts';
import { createLayerReader } from '../../src/core/analysis/layerReader.ts';
import { type AnalysisPlan, planAnalysis } from '../../src/core/analysis/plan.ts';
import { createFileReaders } from '../../src/core/bytes/fileReaders.ts';
import { createOpfsRanges } from '../../src/core/bytes/opfsRanges.ts';
import { cachedSource } from '../../src/core/bytes/rangeCache.ts';
import { planCalls } from '../../src/core/engines/calls.ts';
import { createWasmEngine } from '../../src/core/engines/wasm/wasmEngine.ts';
import { writeBytes } from '../../src/core/engines/webgpu/upload.ts';
import { createWebGpuEngine } from '../../src/core/engines/webgpu/webgpuEngine.ts';
import { createLocalRepo } from '../../src/core/repos/localRepo.ts';
import type { LocalFile, Repo } from '../../src/core/repos/repo.ts';
import { readLayer } from '../../src/core/weights/readLayer.ts';
import { viewWholeLayer } from '../../src/core/weights/viewLayer.ts';
import { createReadingThreads } from '../../src/worker/readingThreads.ts';

/**
 * upload: a layer to WebGPU, as it is stored or turned into float32 by JavaScript first, or by the engine with its unpacking.
 * file: from a picked file; kept: from the browser's private file system. read: its bytes alone; score: to every head's r.
 * slices: a file by one thread, 64 MB at a time, nothing else. compute: the kernels alone, on weights that are there.
 */
export type ReadingTask =
  | 'slices'
  | 'read file'
  | 'read kept'
  | 'compute'
  | 'score file'
  | 'score kept'
  | 'upload raw'
  | 'upload float32'
  | 'load';

export interface Measured {
  readonly ms: number;
  /** Until the first heads' r, where heads are scored. */
  readonly firstMs: number | null;
  readonly bytes: number;
}

const SLICE_BYTES = 64 * 2 ** 20;
const signal = new AbortController().signal;
const shared = (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes));
const readers = createFileReaders(createReadingThreads());
const ranges = createOpfsRanges(() => navigator.storage.getDirectory(), readers);
const engine = createWasmEngine();
const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
};
const gpuEngine = once(() => createWebGpuEngine({ gpu: navigator.gpu }));
const gpuDevice = once(async () => (await navigator.gpu.requestAdapter())!.requestDevice());

function repoOf(files: readonly LocalFile[], isKept: boolean): Repo {
  const repo = createLocalRepo(files, undefined, readers);
  if (!isKept) return repo;
  return { ...repo, open: (path) => cachedSource(path, path, ranges, () => repo.open(path)) };
}

async function planOf(repo: Repo): Promise<AnalysisPlan> {
  const answer = await planAnalysis(repo, undefined, signal);
  if (answer.kind === 'question') throw new Error(`A question: ${answer.question.why}`);
  return answer.plan;
}

async function readAll(repo: Repo): Promise<Measured> {
  const plan = await planOf(repo);
  const start = performance.now();
  const allocate = (size: number) => ({ bytes: shared(size) });
  const reader = createLayerReader(plan.layers, { ring: 2, isRemote: false, allocate }, signal);
  for (const at of plan.layers.keys()) {
    await reader.take(at);
    reader.release(at);
  }
  return { ms: performance.now() - start, firstMs: null, bytes: reader.bytesRead() };
}

async function readSlices(repo: Repo, files: readonly LocalFile[]): Promise<Measured> {
  const { layers } = await planOf(repo);
  const blobs = new Map(files.map(({ path, blob }) => [path, blob]));
  const spans = layers.flatMap(({ plan }) => plan.spans);
  const start = performance.now();
  let bytes = 0;
  for (const { entry, begin, end } of spans)
    for (let at = begin; at < end; at += SLICE_BYTES) {
      const slice = blobs.get(entry.source.name)!.slice(at, Math.min(end, at + SLICE_BYTES));
      bytes += (await slice.arrayBuffer()).byteLength;
    }
  return { ms: performance.now() - start, firstMs: null, bytes };
}

/** The first layer, read. */
async function firstLayer(repo: Repo) {
  const { layers } = await planOf(repo);
  const { plan, stack } = layers[0]!;
  const buffer = shared(plan.bufferBytes);
  await readLayer(plan, buffer, { signal });
  return { layers, plan, buffer, weights: await viewWholeLayer(plan, stack, buffer, signal) };
}

/** One layer to the adapter. */
async function upload(repo: Repo, task: 'upload raw' | 'upload float32' | 'load'): Promise<Measured> {
  const { buffer, weights } = await firstLayer(repo);
  const bytes = buffer.length;
  if (task === 'load') {
    const runner = await gpuEngine();
    const start = performance.now();
    const handle = await runner.load([weights], signal);
    const ms = performance.now() - start;
    handle.release();
    return { ms, firstMs: null, bytes };
  }
  const device = await gpuDevice();
  const size = task === 'upload raw' ? bytes : 2 * bytes;
  const target = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  const start = performance.now();
  writeBytes(device, target, task === 'upload raw' ? buffer : widened(buffer), 0, size);
  await device.queue.onSubmittedWorkDone();
  const ms = performance.now() - start;
  target.destroy();
  return { ms, firstMs: null, bytes };
}

/** bfloat16 as float32, by JavaScript: two at a time, its fastest way. */
function widened(bytes: Uint8Array): Uint8Array {
  const pairs = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const out = new Uint32Array(2 * pairs.length);
  for (let at = 0; at < pairs.length; at++) {
    const pair = pairs[at]!;
    out[2 * at] = pair << 16;
    out[2 * at + 1] = pair & 0xffff0000;
  }
  return new Uint8Array(out.buffer);
}

async function compute(repo: Repo): Promise<Measured> {
  const { layers, plan, weights } = await firstLayer(repo);
  const runner = await engine;
  const handle = await runner.load([weights], signal);
  const start = performance.now();
  for (const _ of layers) await runner.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
  const ms = performance.now() - start;
  handle.release();
  return { ms, firstMs: null, bytes: layers.length * plan.bufferBytes };
}

async function score(repo: Repo): Promise<Measured> {
  const deps = {
    openRepo: async () => repo,
    chooseEngine: async () => ({ engine: await engine, reason: 'measured' }),
    replaceEngine: async () => null,
    allocate: shared,
    now: () => performance.now(),
    date: () => new Date().toISOString(),
    appVersion: '',
  };
  const choice = { kind: 'local', files: [] } as const;
  let [start, firstMs, ms, bytes]: [number, number | null, number, number] = [0, null, 0, 0];
  for await (const event of analyse({ choice }, deps, signal)) {
    // The headers are known: from here on it's the weights.
    if (event.type === 'plan') start = performance.now();
    if (event.type === 'heads' || event.type === 'layer') firstMs ??= performance.now() - start;
    if (event.type === 'failed') throw new Error(event.error.message);
    if (event.type === 'done')
      ({ ms, bytes } = { ms: performance.now() - start, bytes: event.result.bytes.read });
  }
  return { ms, firstMs, bytes };
}

function run(task: ReadingTask, files: readonly LocalFile[]): Promise<Measured> {
  const repo = repoOf(files, task.endsWith('kept'));
  switch (task) {
    case 'slices':
      return readSlices(repo, files);
    case 'read file':
    case 'read kept':
      return readAll(repo);
    case 'compute':
      return compute(repo);
    case 'upload raw':
    case 'upload float32':
    case 'load':
      return upload(repo, task);
    case 'score file':
    case 'score kept':
      return score(repo);
    default:
      return task satisfies never;
  }
}

addEventListener('message', ({ data }: MessageEvent<{ task: ReadingTask; files: readonly File[] }>) => {
  const files = data.files.map((blob) => ({ path: blob.name, blob }));
  run(data.task, files).then(postMessage, (error: unknown) =>
    postMessage({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
