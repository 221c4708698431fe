// Hands a folder's files to the worker in batches: to send a file the browser looks it up on the disk, and the page waits for it
// (a thousand files took a second).
import type { CollectionEvent } from '../core/collection/index.ts';
import type { LocalFile } from '../core/repos/index.ts';
import type { WorkerClient } from '../worker/client.ts';

/** The first models are shown soon; each batch is half of what was sent before, since joining a part costs as much as all of it. */
const [FIRST_FILES, GROWTH] = [64, 0.5];
/** Looking files up pauses after so long, so that the page is drawn and hears the user. */
const BUSY_MS = 8;

/** Reads a collection's files by the worker, one batch while the next is made ready. */
export async function* readInBatches(
  client: Pick<WorkerClient, 'stream'>,
  files: readonly LocalFile[],
  signal: AbortSignal,
): AsyncGenerator<CollectionEvent> {
  // A Parquet file holds all there is.
  const isWhole = files.length <= FIRST_FILES || files.some(({ path }) => /\.parquet$/i.test(path));
  let [from, models, heads] = [0, 0, 0];
  const batchFrom = (at: number) =>
    files.slice(at, isWhole ? files.length : at + Math.max(FIRST_FILES, Math.floor(at * GROWTH)));
  let batch = batchFrom(0);
  if (!isWhole) await lookUp(batch);
  while (batch.length > 0) {
    signal.throwIfAborted();
    const before = { files: from, models, heads, of: files.length };
    const events = client.stream('collection', { files: batch, before }, signal);
    from += batch.length;
    const next = batchFrom(from);
    const isReady = lookUp(next, signal);
    for await (const event of events) {
      if (event.type === 'part') {
        models += event.part.models.length;
        heads += event.part.s.length;
      }
      yield event;
    }
    await isReady;
    batch = next;
  }
}

/** Asks each file's size, by which the browser keeps what it needs to send the file. */
async function lookUp(files: readonly LocalFile[], signal?: AbortSignal): Promise<void> {
  let since = performance.now();
  for (const { blob } of files) {
    if (signal?.aborted) return;
    void blob.size;
    if (performance.now() - since < BUSY_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}
