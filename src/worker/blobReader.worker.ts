import type { BlobReadAnswer } from '../core/bytes/blobReaders.ts';
import type { NumberedRequest } from './readingThreads.ts';

/** In workers only, so that the page's types don't know it. */
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } };

/** Read at once, and garbage at once. */
const PIECE_BYTES = 512 * 1024;

// Blocking is this thread's purpose: it has no one to listen to while it reads.
addEventListener('message', ({ data }: MessageEvent<NumberedRequest>) => {
  const { id, blob, begin, end, memory, at, stop } = data;
  const isStopped = new Int32Array(stop);
  let answer: BlobReadAnswer = { error: null };
  try {
    const reader = new FileReaderSync();
    for (let from = begin; from < end && Atomics.load(isStopped, 0) === 0; from += PIECE_BYTES) {
      const to = Math.min(end, from + PIECE_BYTES);
      const piece = new Uint8Array(reader.readAsArrayBuffer(blob.slice(from, to)));
      new Uint8Array(memory, at + from - begin, piece.length).set(piece);
    }
  } catch (error) {
    answer = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  postMessage({ ...answer, id });
});
