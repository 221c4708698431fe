import { QKError } from '../../errors.ts';
import { sum } from '../../linalg/statistics.ts';
import type { Yielder } from '../yielder.ts';
import { ALIGNMENT, type Block, type Heap } from './heap.ts';
import { openSlice, QUEUE, QUEUE_BYTES } from './jobQueue.ts';
import { type Job, type JobResult, type PairProducts, runJob, runPair } from './jobs.ts';
import { readResults, tableBytes, writeJobs } from './jobTable.ts';
import type { Kernels } from './kernelModule.ts';
import { scratchLayout } from './scratch.ts';
import type { ThreadStart } from './startThread.ts';
import { runQueuedJobs } from './threadLoop.ts';

/** Another thread that runs startThread. */
export interface Thread {
  /** Resolves when it waits for work; rejects when it can't start. */
  start(what: ThreadStart): Promise<void>;
  terminate(): void;
}

/** Runs jobs, on this thread and its helpers. */
export interface Executor {
  readonly threads: number;
  /**
   * Returns results in the jobs' order, in slices with `onSlice`; it yields between them, and throws when cancelled.
   */
  run(jobs: readonly Job[], yielder: Yielder, onSlice?: OnSlice): Promise<JobResult[][]>;
  /** Computes the products of two heads, on this thread. */
  runPair(...of: PairArguments): Promise<PairProducts>;
  close(): void;
}

/** Results of the jobs from position `from` on. */
type OnSlice = (from: number, results: readonly JobResult[][]) => void;

type PairArguments =
  Parameters<typeof runPair> extends [unknown, unknown, unknown, ...infer Rest] ? Rest : never;

/** Multiply-adds of a slice, for each thread: some 100 ms. Between slices a cancellation gets in. */
const SLICE_WORK = 2e9;
/** Size of the first slice whose results are reported, as a share of a slice: something soon shows. */
const FIRST_SLICE = 0.1;
/** Below this many multiply-adds waking the others takes longer than the work: some 50 µs. */
const ALONE_WORK = 1e6;
/** How long the end of a slice is waited for in a loop, before sleeping. */
const SPIN_MS = 0.2;

export async function createExecutor(
  heap: Heap,
  module: WebAssembly.Module,
  helpers: readonly Thread[],
): Promise<Executor> {
  const instance = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  const kernels = instance.exports as unknown as Kernels;
  const { memory } = heap;
  const queueBlock = heap.allocate(QUEUE_BYTES + 4 * helpers.length);
  const queueView = () => new Int32Array(memory.buffer, queueBlock.address, QUEUE_BYTES / 4);
  queueView().fill(0);
  const slotAt = (index: number) => queueBlock.address + QUEUE_BYTES + 4 * index;
  const started = await Promise.allSettled(
    helpers.map((helper, index) =>
      helper.start({ module, memory, queue: queueBlock.address, scratchSlot: slotAt(index) }),
    ),
  );
  for (const [index, { status }] of started.entries()) if (status === 'rejected') helpers[index]!.terminate();
  const threads = 1 + started.filter(({ status }) => status === 'fulfilled').length;

  /** The threads' scratch memory, one after the other. */
  let scratch: { readonly block: Block; readonly bytes: number } | null = null;
  const scratchAt = (thread: number) => scratch!.block.address + thread * scratch!.bytes;
  const ensureScratch = (bytes: number) => {
    if (scratch !== null && bytes <= scratch.bytes) return;
    scratch?.block.release();
    // Should the allocation fail, nothing may work in what was given back.
    scratch = null;
    const each = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    scratch = { block: heap.allocate((1 + helpers.length) * each), bytes: each };
    for (let index = 0; index < helpers.length; index++)
      new Int32Array(memory.buffer, slotAt(index), 1)[0] = scratchAt(index + 1);
  };
  let table: { readonly block: Block; readonly bytes: number } | null = null;
  const ensureTable = (bytes: number): number => {
    if (table === null || table.bytes < bytes) {
      table?.block.release();
      table = null;
      table = { block: heap.allocate(bytes), bytes };
    }
    return table.block.address;
  };
  /** Several runs may be under way; the queue and the scratch memory are one run's at a time. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };
  const runHere = (job: Job) => runJob(kernels, memory, scratchAt(0), job);

  async function runTogether(jobs: readonly Job[]): Promise<JobResult[][]> {
    const sizes = tableBytes(jobs);
    const results = ensureTable(sizes.results + sizes.jobs);
    const jobsAddress = results + sizes.results;
    writeJobs(memory.buffer, jobsAddress, jobs);
    const queue = queueView();
    openSlice(queue, jobs.length, jobsAddress, results);
    Atomics.notify(queue, QUEUE.generation);
    runQueuedJobs(kernels, memory, queue, () => scratchAt(0));
    await waitUntilDone(queue, jobs.length);
    if (Atomics.exchange(queue, QUEUE.hasFailed, 0) !== 0)
      throw new QKError('engine-failed', 'A thread of the WASM engine stopped.', {
        hint: 'Choose another engine in the settings.',
      });
    return readResults(memory.buffer, results, jobs);
  }

  return {
    threads,
    async run(jobs, yielder, onSlice) {
      const scratchBytes = jobs.reduce((max, { dHead }) => Math.max(max, scratchLayout(dHead).bytes), 0);
      await inTurn(() => ensureScratch(scratchBytes));
      const work = jobs.map(workOf);
      const isAlone = threads === 1 || jobs.length === 1 || sum(work) < ALONE_WORK;
      const results: JobResult[][] = [];
      let reported = 0;
      const report = async () => {
        if (reported < results.length) onSlice?.(reported, results.slice(reported));
        reported = results.length;
        await yielder.yieldToEventLoop();
      };
      if (isAlone) {
        for (const job of jobs) {
          if (yielder.shouldYield()) await report();
          results.push(runHere(job));
        }
        return results;
      }
      for (let from = 0; from < jobs.length; ) {
        if (yielder.shouldYield() || (onSlice !== undefined && reported < from)) await report();
        const maxWork = SLICE_WORK * threads * (onSlice !== undefined && from === 0 ? FIRST_SLICE : 1);
        let to = from + 1;
        for (let total = work[from]!; to < jobs.length && total < maxWork; to++) total += work[to]!;
        const slice = jobs.slice(from, to);
        results.push(...(await inTurn(() => runTogether(slice))));
        from = to;
      }
      return results;
    },
    runPair: (...of) =>
      inTurn(() => {
        ensureScratch(scratchLayout(of[0].dHead).bytes);
        return runPair(kernels, memory, scratchAt(0), ...of);
      }),
    close() {
      const queue = queueView();
      Atomics.store(queue, QUEUE.isClosed, 1);
      Atomics.add(queue, QUEUE.generation, 1);
      Atomics.notify(queue, QUEUE.generation);
      for (const helper of helpers) helper.terminate();
    },
  };
}

/** Multiply-adds. */
function workOf({ kernel, dModel, dHead, q, panel }: Job): number {
  if (kernel === 'trace') return 2 * dHead * dHead * dModel * q.length;
  return 2 * dHead * 256 * Math.max(0, dModel - panel * 256);
}

async function waitUntilDone(queue: Int32Array, count: number): Promise<void> {
  const isDone = () => Atomics.load(queue, QUEUE.done) >= count;
  const start = performance.now();
  while (!isDone() && performance.now() - start < SPIN_MS);
  while (!isDone()) {
    try {
      Atomics.wait(queue, QUEUE.done, Atomics.load(queue, QUEUE.done), 50);
    } catch {
      // A page's own thread may not sleep.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}
