// Reads many models' results: a folder of JSON files, one a model, or a Parquet file with a row a head.
import { QKError } from '../errors.ts';
import type { LocalFile } from '../repos/index.ts';
import { COLLECTION_LIMITS } from './collection.ts';
import { createCollectionBuilder } from './collectionBuilder.ts';
import type { CollectionEvent } from './collectionEvent.ts';
import { readJsonFiles } from './readJsonFiles.ts';

/** The first part is reported soon, later ones when there is half as much again: joining them costs as much as they hold. */
const FIRST_PART_MS = 150;
const GROWTH = 1.5;

export const isParquet = ({ path }: Pick<LocalFile, 'path'>) => /\.parquet$/i.test(path);

/**
 * Reads results and reports them as they come. A file that can't be read is reported by its name, and the others are
 * read all the same.
 * @param files JSON files, or a Parquet file, beside which others are left out
 * @throws QKError 'result-invalid' where there is no model in them, 'too-large'
 */
export async function* readCollection(
  files: readonly LocalFile[],
  now: () => number,
  signal: AbortSignal,
): AsyncGenerator<CollectionEvent> {
  if (files.length > COLLECTION_LIMITS.files)
    throw new QKError(
      'too-large',
      `These are ${files.length} files, and ${COLLECTION_LIMITS.files} are read at most.`,
      {
        hint: 'Gather them into one file: qkscope gather FOLDER -o heads.parquet.',
      },
    );
  const builder = createCollectionBuilder();
  const parquet = files.findIndex(isParquet);
  const steps =
    parquet === -1
      ? readJsonFiles(builder, files, signal)
      : (await import('./readParquet.ts')).readParquet(builder, files[parquet]!, parquet, signal);
  let reportedAt = now();
  let reported = 0;
  for await (const step of steps) {
    signal.throwIfAborted();
    if (step.type === 'problems') yield step;
    const isDue =
      reported === 0 ? now() - reportedAt > FIRST_PART_MS : builder.modelCount > GROWTH * reported;
    if (builder.modelCount === 0 || !isDue) continue;
    yield* takePart();
    if (step.type === 'progress') yield step;
    reportedAt = now();
    reported = builder.modelCount;
  }
  yield* takePart();
  if (builder.modelCount === 0) throw noModels(files.length);

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
