import type { BlobReadAnswer } from '../core/bytes/blobReaders.ts';
import type { NumberedRequest } from './readingThreads.ts';

/** In workers only, so that the page's types don't know it. */
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } };

// Blocking is this thread's purpose: it has no one to listen to while it reads.
addEventListener('message', ({ data }: MessageEvent<NumberedRequest>) => {
  const { id, blob, begin, end, memory, at, stop } = data;
  let answer: BlobReadAnswer = { error: null };
  try {
    if (Atomics.load(new Int32Array(stop), 0) === 0) {
      const bytes = new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(begin, end)));
      new Uint8Array(memory, at, bytes.length).set(bytes);
    }
  } catch (error) {
    answer = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
  postMessage({ ...answer, id });
});
