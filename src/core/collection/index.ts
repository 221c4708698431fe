// The room of collections: the results of many models, as columns that fit into memory together.
export {
  type Collection,
  type CollectionModel,
  type CollectionProblem,
  type CollectionStack,
  EMPTY_COLLECTION,
  medianOf,
  valuesOf,
} from './collection.ts';
export type { CollectionEvent, CollectionRequest } from './collectionEvent.ts';
export { joinPart } from './joinPart.ts';

/** What reads them is fetched when one is opened. */
export const loadCollections = () => import('./reading.ts');
