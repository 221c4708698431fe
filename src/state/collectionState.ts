// What the page holds of a collection: what is open, and how it is shown.
import type { Collection, CollectionProblem } from '../core/collection/index.ts';
import type { WireError } from '../core/errors.ts';
import type { LocalFile } from '../core/repos/index.ts';

/** What a collection is shown as: small maps, a point a model, a point a head. */
export type CollectionLayout = 'maps' | 'models' | 'heads';
export type CollectionSort = 'name' | 'median' | 'parameters' | 'published' | 'family' | 'heads';
/** What the models' points stand over. */
export type CollectionAxis = 'parameters' | 'published' | 'family';

export interface CollectionView {
  readonly layout: CollectionLayout;
  readonly search: string;
  readonly sort: CollectionSort;
  readonly isReversed: boolean;
  readonly axis: CollectionAxis;
  /** The model type that alone is shown; null for all. */
  readonly family: string | null;
}

/** A collection that is open, or is being read. */
export interface OpenCollection {
  /** The folder's or the file's name. */
  readonly name: string;
  readonly files: readonly LocalFile[];
  readonly data: Collection;
  readonly problems: readonly CollectionProblem[];
  /** How much of it is read, 0 … 1; null once all of it is. */
  readonly progress: number | null;
  /** Why the rest couldn't be read. */
  readonly error: WireError | null;
  /** The model that was opened last, by its place: the gallery comes back where it was left. */
  readonly lastOpened: number | null;
  readonly view: CollectionView;
}

export interface CollectionSlice {
  readonly collection: OpenCollection | null;
  /** The gallery stands in the place of the maps. */
  readonly showsCollection: boolean;
}

export const INITIAL_COLLECTION: CollectionSlice = { collection: null, showsCollection: false };

/** A head of a model: its stack by its name. */
export interface HeadPlace {
  readonly stack: string;
  readonly layer: number;
  readonly head: number;
}
