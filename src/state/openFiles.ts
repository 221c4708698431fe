// Opens dropped and chosen files as what they are: a model, results, scores of the user's own, a collection.
import type { LocalFile } from '../core/repos/index.ts';
import type { AppState } from './appState.ts';
import { showScoredBeside } from './comparison.ts';
import type { Context } from './context.ts';
import { type DataFiles, readDataFiles } from './dataFiles.ts';
import { withReadableNames } from './fileNames.ts';
import type { PendingFolder } from './folder.ts';
import { showScored } from './openings.ts';
import { createTask } from './task.ts';
import { READING, waitOutside } from './waits.ts';

/** The actions that take what the files turn out to be. */
interface Takers {
  readonly folder: { take(files: readonly LocalFile[], target: PendingFolder['target']): Promise<void> };
  readonly userScores: { open(files: readonly LocalFile[]): Promise<void> };
  readonly collection: { open(files: readonly LocalFile[]): Promise<void> };
}

/** Files that may hold data rather than weights: they are looked into. */
const MAY_BE_DATA = /\.(csv|tsv|json|parquet|png|svg|html?|jpe?g|gif|webp)$/i;

const reading = createTask<DataFiles>();

async function* lookInto(
  context: Context<AppState>,
  files: readonly LocalFile[],
  isBeside: boolean,
  signal: AbortSignal,
): AsyncGenerator<DataFiles> {
  const beside = isBeside ? context.store.getState().models.slice(0, 1) : [];
  yield await waitOutside(context, READING, () => readDataFiles(context, files, beside), signal);
}

/** Looks into files that may hold data, and hands them on; of several drops the newest wins. */
export function openFiles(
  context: Context<AppState>,
  { folder, userScores, collection }: Takers,
  named: readonly LocalFile[],
  target: PendingFolder['target'],
): void {
  const files = withReadableNames(named);
  if (files.length === 0) return;
  if (!files.every(({ path }) => MAY_BE_DATA.test(path))) {
    reading.dispose();
    void folder.take(files, target);
    return;
  }
  const isBeside = target === 'beside';
  reading.run((signal) => lookInto(context, files, isBeside, signal), {
    onEvent(found) {
      if (found.kind === 'scores') void userScores.open(files);
      else if (found.kind === 'collection') void collection.open(files);
      else if (found.kind === 'model') void folder.take(files, target);
      else if (isBeside) showScoredBeside(context, found.models[0]!);
      else showScored(context, found.models);
    },
    onEnd(error) {
      if (error !== null && error.code !== 'cancelled') context.store.setState({ notice: error });
    },
  });
}
