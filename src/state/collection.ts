// Many models' results as one gallery: the way into it, from it to a map, and back.
import type { LocalFile } from '../core/repos/index.ts';
import type { CollectionSlice, CollectionView, HeadPlace } from './collectionState.ts';
import type { Context } from './context.ts';
import type { OpeningState } from './openings.ts';

/** What reads and opens is fetched with the first collection. */
const load = () => import('./openCollection.ts');

export function collectionActions(ctx: Context<CollectionSlice & OpeningState>) {
  const { store } = ctx;
  return {
    /** Reads a folder of results or a Parquet file, and shows what there is of it meanwhile. */
    open: (files: readonly LocalFile[]) => load().then(({ openCollection }) => openCollection(ctx, files)),
    /** Opens the map of one of its models, by its place; a head of it is pinned. */
    openModel: (index: number, head?: HeadPlace) =>
      load().then(({ openCollectionModel }) => openCollectionModel(ctx, index, head)),
    setView(view: Partial<CollectionView>): void {
      store.setState(({ collection }) => ({
        collection: collection && { ...collection, view: { ...collection.view, ...view } },
      }));
    },
    /** Shows the gallery in the place of the maps, or the maps again. */
    show(isShown: boolean): void {
      store.setState({ showsCollection: isShown });
    },
    /** Lets the collection go. */
    close(): void {
      store.setState({ collection: null, showsCollection: false });
    },
  };
}
