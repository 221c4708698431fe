// What is reported while a collection is read.
import { toWire } from '../errors.ts';
import type { CollectionPart, CollectionProblem } from './collection.ts';

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
