// The entry of a worker that reads one local file into shared memory.
import { describeFailure } from '../core/bytes/fileReaders.ts';
import { readOpfsFile } from '../core/bytes/opfsFile.ts';
import { beginWriting, endWriting, isWanted } from '../core/bytes/partState.ts';
import type { FileReadAnswer } from '../core/bytes/readingThread.ts';
import type { NumberedAnswer, NumberedRequest } from './readingThreads.ts';

const LENT_BYTES = 4 * 1024 * 1024;
/**
 * Lent to each read and given back. Slices read into memory of their own are garbage that piles up to hundreds of megabytes before it
 * is collected; small ones pile up less, and take twice as long.
 */
let lent = new ArrayBuffer(LENT_BYTES);

async function readInto({ file, begin, end, memory, offset, stop }: NumberedRequest): Promise<void> {
  const state = new Int32Array(stop);
  if (!(file instanceof Blob)) {
    const into = new Uint8Array(memory, offset, end - begin);
    if (isWanted(state))
      await readOpfsFile(
        file,
        into,
        () => !beginWriting(state),
        () => endWriting(state),
      );
    return;
  }
  const reader = file.slice(begin, end).stream().getReader({ mode: 'byob' });
  try {
    for (let from = 0; from < end - begin && isWanted(state); ) {
      const { value, done } = await reader.read(new Uint8Array(lent));
      if (value === undefined) throw new Error('the reading was cancelled');
      if (!beginWriting(state)) {
        lent = value.buffer;
        return;
      }
      new Uint8Array(memory, offset + from, value.length).set(value);
      endWriting(state);
      from += value.length;
      lent = value.buffer;
      if (done && from < end - begin) throw new Error(`only ${from} of ${end - begin} bytes came`);
    }
  } finally {
    // Its answer says nothing new: all was read, or nobody wants it.
    void reader.cancel().catch(() => {});
  }
}

/** One after the other: there is one piece of memory to lend. */
let turn: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<NumberedRequest>) => {
  turn = turn
    .then(() => readInto(data))
    .then(
      (): FileReadAnswer => ({ error: null }),
      (error: unknown): FileReadAnswer => {
        // Lent to a read that failed, it is gone.
        if (lent.byteLength === 0) lent = new ArrayBuffer(LENT_BYTES);
        return { error: describeFailure(error) };
      },
    )
    .then((answer) => postMessage({ ...answer, id: data.id } satisfies NumberedAnswer));
});
