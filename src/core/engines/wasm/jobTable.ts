// Writes and reads the table of jobs in the threads' shared memory.
import type { Job, JobResult } from './jobs.ts';
import type { MatrixSource } from './matrixSource.ts';

/** Whole numbers of one job before its query heads: kernel, dModel, dHead, panel, k (3), heads, first result. */
const HEADER = 9;
const MATRIX = 3;
/** float64 numbers of one result. */
const RESULT = 5;

/** Returns the sizes of a table of these jobs, in bytes. */
export function tableBytes(jobs: readonly Job[]): { readonly jobs: number; readonly results: number } {
  const heads = jobs.reduce((sum, { q }) => sum + q.length, 0);
  return { jobs: (jobs.length * (1 + HEADER) + heads * MATRIX) * 4, results: heads * RESULT * 8 };
}

/** Writes jobs as int32 to `address`: where each begins, in words from there, then the jobs. */
export function writeJobs(buffer: ArrayBufferLike, address: number, jobs: readonly Job[]): void {
  const words = new Int32Array(buffer, address);
  let word = jobs.length;
  let result = 0;
  for (const [index, { kernel, dModel, dHead, panel, k, q }] of jobs.entries()) {
    words[index] = word;
    words.set([kernel === 'trace' ? 0 : 1, dModel, dHead, panel, ...flat(k), q.length, result], word);
    word += HEADER;
    for (const source of q) {
      words.set(flat(source), word);
      word += MATRIX;
    }
    result += q.length;
  }
}

export function readJob(
  buffer: ArrayBufferLike,
  address: number,
  index: number,
): { job: Job; firstResult: number } {
  const words = new Int32Array(buffer, address);
  const word = words[index]!;
  const [kernel, dModel, dHead, panel] = words.subarray(word, word + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const heads = words[word + 7]!;
  const q = Array.from({ length: heads }, (_, head) => sourceAt(words, word + HEADER + head * MATRIX));
  return {
    job: { kernel: kernel === 0 ? 'trace' : 'norm', dModel, dHead, panel, k: sourceAt(words, word + 4), q },
    firstResult: words[word + 8]!,
  };
}

export function writeResults(
  buffer: ArrayBufferLike,
  address: number,
  first: number,
  results: readonly JobResult[],
): void {
  const numbers = new Float64Array(buffer, address + first * RESULT * 8, results.length * RESULT);
  for (const [index, { first: a, second, diagonal, qMagnitude, kMagnitude }] of results.entries())
    numbers.set([a, second, diagonal, qMagnitude, kMagnitude], index * RESULT);
}

/** Reads the results of all jobs, in their order: one list for each. */
export function readResults(buffer: ArrayBufferLike, address: number, jobs: readonly Job[]): JobResult[][] {
  const heads = jobs.reduce((sum, { q }) => sum + q.length, 0);
  const numbers = new Float64Array(buffer, address, heads * RESULT);
  let next = 0;
  return jobs.map(({ q }) =>
    q.map(() => {
      const [first, second, diagonal, qMagnitude, kMagnitude] = numbers.subarray(
        next,
        next + RESULT,
      ) as unknown as [number, number, number, number, number];
      next += RESULT;
      return { first, second, diagonal, qMagnitude, kMagnitude };
    }),
  );
}

/** Addresses above 2³¹ are kept as negative numbers, and read back as what they are. */
function flat({ packing, address, stride }: MatrixSource): [number, number, number] {
  return [packing, address | 0, stride];
}

function sourceAt(words: Int32Array, word: number): MatrixSource {
  return { packing: words[word]!, address: words[word + 1]! >>> 0, stride: words[word + 2]! };
}
