// Reads a collection by the worker, and opens its models.
import { type CollectionEvent, EMPTY_COLLECTION, joinPart } from '../core/collection/index.ts';
import { loadResultFiles } from '../core/embedded/index.ts';
import { QKError, toWire } from '../core/errors.ts';
import type { LocalFile } from '../core/repos/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { readInBatches } from './collectionBatches.ts';
import type { CollectionSlice, CollectionView, HeadPlace, OpenCollection } from './collectionState.ts';
import type { Context } from './context.ts';
import { type OpeningState, showScored } from './openings.ts';
import { scoredState } from './openScored.ts';
import { createTask } from './task.ts';

type Ctx = Context<CollectionSlice & OpeningState>;

/** So many problems are kept to be listed. */
const MAX_PROBLEMS = 1000;

/** How a collection is shown first. */
export const FIRST_VIEW: CollectionView = {
  layout: 'maps',
  search: '',
  sort: 'name',
  isReversed: false,
  axis: 'parameters',
  family: null,
};

const reading = createTask<CollectionEvent>();

/** Reads results and shows them as they come; what was open before goes. */
export function openCollection({ store, client }: Ctx, files: readonly LocalFile[]): void {
  // What is closed is read no further.
  const unsubscribe = store.subscribe(({ collection }) => {
    if (collection !== null) return;
    reading.dispose();
    unsubscribe();
  });
  const change = (of: (old: OpenCollection) => Partial<OpenCollection>) =>
    store.setState(({ collection }) => ({ collection: collection && { ...collection, ...of(collection) } }));
  store.setState({
    ...{ notice: null, showsCollection: true },
    collection: {
      ...{ name: nameOf(files), files, data: EMPTY_COLLECTION, problems: [] },
      ...{ progress: 0, error: null, lastOpened: null, view: FIRST_VIEW },
    },
  });
  reading.run((signal) => readInBatches(client, files, signal), {
    onEvent(event) {
      if (event.type === 'part') change(({ data }) => ({ data: joinPart(data, event.part) }));
      else if (event.type === 'progress') change(() => ({ progress: event.read / event.total }));
      else change(({ problems }) => ({ problems: [...problems, ...event.problems].slice(0, MAX_PROBLEMS) }));
    },
    onEnd(error) {
      unsubscribe();
      const isEmpty = store.getState().collection?.data.models.length === 0;
      // Without a model there is nothing to show: the page goes back to what was there.
      if (error !== null && isEmpty)
        store.setState({ notice: error, collection: null, showsCollection: false });
      else change(() => ({ progress: null, error }));
    },
  });
}

/** Puts a model's map in the place of all that is on the page, from its own file with its full numbers. */
export async function openCollectionModel(ctx: Ctx, index: number, head?: HeadPlace): Promise<void> {
  const { store } = ctx;
  const { collection } = store.getState();
  const model = collection?.data.models[index];
  if (collection === null || model === undefined) return;
  try {
    const result = await resultOf(ctx, collection, index);
    if (store.getState().collection?.files !== collection.files) return;
    const scored = scoredState(ctx, result, { kind: 'collection', name: collection.name });
    const stackName = scored.stacks.some(({ name }) => name === head?.stack) ? head!.stack : scored.stackName;
    showScored(ctx, [{ ...scored, stackName }]);
    store.setState((state) => ({
      showsCollection: false,
      collection: state.collection && { ...state.collection, lastOpened: index },
      ...(head === undefined ? {} : { pinned: { layer: head.layer, head: head.head } }),
    }));
  } catch (error) {
    store.setState({ notice: toWire(error) });
  }
}

async function resultOf(
  { client }: Ctx,
  { files, data }: OpenCollection,
  index: number,
): Promise<AnalysisResult> {
  const { id, place } = data.models[index]!;
  const file = files[place.file]!;
  const { readResultFile, readResults } = await loadResultFiles();
  if (place.kind === 'json') {
    const { results } = await readResultFile(file);
    const result = results[place.result];
    if (result !== undefined) return result;
  } else {
    const request = { file, from: place.from, to: place.to };
    const { signal } = new AbortController();
    for await (const { text } of client.stream('collectionModel', request, signal)) {
      const [result] = await readResults(text, file.path);
      if (result !== undefined) return result;
    }
  }
  throw new QKError('file-changed', `${file.path} no longer holds ${id}.`, {
    where: file.path,
    hint: 'The file was written anew since it was opened: open it again.',
  });
}

/** The folder that all files are in, or the one file's name. */
function nameOf(files: readonly LocalFile[]): string {
  const parquet = files.find(({ path }) => /\.parquet$/i.test(path));
  if (parquet !== undefined) return parquet.path.split('/').at(-1)!;
  const [folder] = files[0]?.path.split('/') ?? [];
  const isFolder = folder !== undefined && files.every(({ path }) => path.startsWith(`${folder}/`));
  return isFolder ? folder : `${files.length} files`;
}
