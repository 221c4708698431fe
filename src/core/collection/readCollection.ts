// Reads many models' results: a folder of JSON files, one a model, or a Parquet file with a row a head.
import { QKError } from '../errors.ts';
import type { LocalFile } from '../repos/index.ts';
import { COLLECTION_LIMITS } from './collection.ts';
import { createCollectionBuilder } from './collectionBuilder.ts';
import type { CollectionEvent, ReadBefore } from './collectionEvent.ts';
import { readJsonFiles } from './readJsonFiles.ts';

/** The first part is reported soon, later ones when there is half as much again: joining them costs as much as they hold. */
const FIRST_PART_MS = 150;
const GROWTH = 1.5;
/** How far it is is said so often in between. */
const PROGRESS_MS = 500;

export const isParquet = ({ path }: Pick<LocalFile, 'path'>) => /\.parquet$/i.test(path);

/**
 * Reads results and reports them as they come. A file that can't be read is reported by its name, and the others are
 * read all the same.
 * @param files JSON files, or a Parquet file, beside which others are left out
 * @throws QKError 'result-invalid' where there is no model in them nor in those before, 'too-large'
 */
export async function* readCollection(
  files: readonly LocalFile[],
  now: () => number,
  signal: AbortSignal,
  before: ReadBefore = { files: 0, models: 0, heads: 0, of: files.length },
): AsyncGenerator<CollectionEvent> {
  if (before.of > COLLECTION_LIMITS.files)
    throw new QKError(
      'too-large',
      `These are ${before.of} files, and ${COLLECTION_LIMITS.files} are read at most.`,
      {
        hint: 'Gather them into one file: qkscope gather FOLDER -o heads.parquet.',
      },
    );
  const builder = createCollectionBuilder(before);
  const parquet = files.findIndex(isParquet);
  const steps =
    parquet === -1
      ? readJsonFiles(builder, files, before.files, signal)
      : (await import('./readParquet.ts')).readParquet(builder, files[parquet]!, parquet, signal);
  // A part of a folder tells how far the folder is.
  const whole = before.files === 0 && before.of === files.length;
  let [reportedAt, saidAt] = [now(), now()];
  let reported = builder.modelCount;
  for await (const step of steps) {
    signal.throwIfAborted();
    if (step.type === 'problems') yield step;
    const isDue =
      reported === 0 ? now() - reportedAt > FIRST_PART_MS : builder.modelCount > GROWTH * reported;
    if (builder.modelCount > 0 && isDue) {
      yield* takePart();
      reportedAt = now();
      reported = builder.modelCount;
    } else if (now() - saidAt < PROGRESS_MS) continue;
    saidAt = now();
    if (step.type === 'progress')
      yield whole ? step : { type: 'progress', read: before.files + step.read, total: before.of };
  }
  yield* takePart();
  if (builder.modelCount === 0 && before.files + files.length >= before.of) throw noModels(before.of);

  function* takePart(): Generator<CollectionEvent> {
    const part = builder.take();
    if (part !== null) yield { type: 'part', part };
  }
}

function noModels(count: number): QKError {
  return new QKError(
    'result-invalid',
    count === 1
      ? 'This file holds no model’s scores.'
      : `None of these ${count} files holds a model’s scores.`,
    { hint: 'Open the folder that qkscope sweep wrote, or the Parquet file of qkscope gather.' },
  );
}
