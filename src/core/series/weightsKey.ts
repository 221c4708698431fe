import type { HashedWeights, RevisionFiles } from '../repos/index.ts';

/**
 * Returns the content of a set of weights as one text: the same for the same bytes, whatever their files are called
 * and wherever they lie. A file's hash is its content's SHA-256 in LFS, or its git object id: both name the same
 * bytes alone.
 */
export function weightsKey({ format, files }: HashedWeights): string {
  return [format, ...files.map(({ hash }) => hash).sort()].join(' ');
}

/**
 * Returns the set of weights that is scored at a revision: the one that was read, or else the one that is taken
 * first. Undefined where the revision has none.
 * @param read the path of the file or index that was read, or that the user chose
 */
export function weightsRead({ weights }: RevisionFiles, read: string | undefined): HashedWeights | undefined {
  if (read === undefined) return weights[0];
  return weights.find(({ id, files }) => id === read || files.some(({ path }) => path === read));
}
