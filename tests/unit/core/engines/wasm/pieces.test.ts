import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHeap } from '../../../../../src/core/engines/wasm/heap.ts';
import {
  claimJob,
  finishJob,
  openSlice,
  QUEUE,
  QUEUE_BYTES,
} from '../../../../../src/core/engines/wasm/jobQueue.ts';
import type { Job, JobResult } from '../../../../../src/core/engines/wasm/jobs.ts';
import {
  readJob,
  readResults,
  tableBytes,
  writeJobs,
  writeResults,
} from '../../../../../src/core/engines/wasm/jobTable.ts';

describe('the heap', () => {
  test('never overlaps blocks, and reuses released ones', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.nat())), (steps) => {
        const heap = createHeap(new WebAssembly.Memory({ initial: 1, maximum: 2048 }));
        const held: { from: number; to: number; release: () => void }[] = [];
        for (const [bytes, choice] of steps) {
          if (choice % 3 === 0 && held.length > 0) {
            held.splice(choice % held.length, 1)[0]!.release();
            continue;
          }
          const { address, release } = heap.allocate(bytes);
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThan(0);
          // Kernels may read a few bytes past the end.
          expect(address + bytes + 16).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
          for (const other of held)
            expect(address + bytes <= other.from || other.to <= address, 'overlap').toBe(true);
          held.push({ from: address, to: address + bytes, release });
        }
        const size = heap.memory.buffer.byteLength;
        for (const { release } of held) {
          release();
          release();
        }
        heap.allocate(size - 256);
        expect(heap.memory.buffer.byteLength).toBe(size);
      }),
      { numRuns: 50 },
    );
  });

  test('says how much was missing when the memory is at its end', () => {
    const heap = createHeap(new WebAssembly.Memory({ initial: 1, maximum: 300 }));
    expect(() => heap.allocate(64 * 2 ** 20)).toThrow(/exceed what WebAssembly may take/);
    expect(heap.allocate(1000).address).toBeGreaterThan(0);
  });
});

const source = fc.record({
  packing: fc.integer({ min: 0, max: 5 }),
  address: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  stride: fc.integer({ min: 1, max: 2 ** 28 }),
});
const anyJob: fc.Arbitrary<Job> = fc.record({
  kernel: fc.constantFrom('trace', 'norm' as const),
  dModel: fc.integer({ min: 1, max: 16_384 }),
  dHead: fc.integer({ min: 1, max: 576 }),
  panel: fc.nat({ max: 64 }),
  k: source,
  q: fc.array(source, { minLength: 1, maxLength: 16 }),
});

test('jobs and results cross shared memory unchanged', () => {
  fc.assert(
    fc.property(fc.array(anyJob, { minLength: 1, maxLength: 9 }), (jobs) => {
      const sizes = tableBytes(jobs);
      const memory = new SharedArrayBuffer(sizes.jobs + sizes.results);
      writeJobs(memory, sizes.results, jobs);
      const given: JobResult[][] = [];
      for (const [index, job] of jobs.entries()) {
        const read = readJob(memory, sizes.results, index);
        expect(read.job).toEqual(job);
        const results = job.q.map((_, at) => ({
          first: index + at / 3,
          second: -at,
          diagonal: at / 7,
          qMagnitude: 2 ** 31 - 1,
          kMagnitude: at,
        }));
        given.push(results);
        writeResults(memory, 0, read.firstResult, results);
      }
      expect(readResults(memory, 0, jobs)).toEqual(given);
    }),
  );
});

describe('the job queue', () => {
  const open = () => new Int32Array(new SharedArrayBuffer(QUEUE_BYTES));

  test('hands out each job of a slice once, and none before the slice is opened', () => {
    const queue = open();
    expect(claimJob(queue)).toBeNull();
    openSlice(queue, 3, 0, 0);
    expect([claimJob(queue), claimJob(queue), claimJob(queue), claimJob(queue)]).toEqual([0, 1, 2, null]);
    openSlice(queue, 2, 0, 0);
    expect([claimJob(queue), claimJob(queue), claimJob(queue)]).toEqual([0, 1, null]);
    finishJob(queue);
    finishJob(queue);
    expect(Atomics.load(queue, QUEUE.done)).toBe(2);
  });

  test('gives a thread that arrived before a slice was opened nothing of it, however late it looks', () => {
    const queue = open();
    openSlice(queue, 1, 0, 0);
    claimJob(queue);
    // The number of the late thread.
    Atomics.add(queue, 1, 1);
    const late = Atomics.load(queue, 1) - 1;
    openSlice(queue, 100, 0, 0);
    expect((late - Atomics.load(queue, 2)) | 0).toBeLessThan(0);
    expect(claimJob(queue)).toBe(0);
  });

  test('goes on past the end of int32', () => {
    const queue = open();
    queue[1] = 2 ** 31 - 5000;
    for (let slice = 0; slice < 4; slice++) {
      openSlice(queue, 2, 0, 0);
      expect([claimJob(queue), claimJob(queue), claimJob(queue)]).toEqual([0, 1, null]);
    }
  });
});
