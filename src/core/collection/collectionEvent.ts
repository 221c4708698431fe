// What is asked for and reported while a collection is read.
import { toWire } from '../errors.ts';
import type { LocalFile } from '../repos/index.ts';
import type { CollectionPart, CollectionProblem } from './collection.ts';

/** A folder's files may be read in several requests; each but the first says what was read before. */
export interface ReadBefore {
  /** How many files were given to the requests before. */
  readonly files: number;
  readonly models: number;
  readonly heads: number;
  /** How many files there are in all. */
  readonly of: number;
}

export interface CollectionRequest {
  readonly files: readonly LocalFile[];
  readonly before: ReadBefore;
}

/** What is reported while a collection is read: models, files that aren't any, how far it is. */
export type CollectionEvent =
  | { readonly type: 'part'; readonly part: CollectionPart }
  | { readonly type: 'problems'; readonly problems: readonly CollectionProblem[] }
  /** Bytes, or files. */
  | { readonly type: 'progress'; readonly read: number; readonly total: number };

/** A file's problem in one sentence. */
export function problemOf(file: string, error: unknown): CollectionProblem {
  return { file, message: toWire(error).message };
}
