// Finds the checkpoints of a training run in a dropped folder.
import type { LocalFile } from './repo.ts';
import { findSeries } from './revisionSeries.ts';
import { isAdapterSet } from './weightPreference.ts';
import { listWeightSets } from './weightSets.ts';

/** The checkpoints of one training run, each in a separate folder. */
export interface CheckpointFolders {
  /** The name of the folder that holds them: "run". */
  readonly name: string;
  /** The pattern of their names: "checkpoint-…". */
  readonly pattern: string;
  /** The unit that the number in their names counts: "step". */
  readonly word: string;
  /** The checkpoints, in the order of their steps. */
  readonly checkpoints: readonly {
    readonly name: string;
    readonly step: number;
    readonly files: readonly LocalFile[];
  }[];
  /** Files beside the checkpoints that are weights too: often the final model. */
  readonly beside: readonly LocalFile[] | null;
}

/**
 * Finds the checkpoints in a dropped folder ("checkpoint-500/…", "step1000/…"); returns null unless at least two
 * folders hold weights and have a step in their names. A checkpoint without a config.json uses the one beside the
 * folders, and one that holds only an adapter uses the weights beside the folders.
 */
export function checkpointFolders(files: readonly LocalFile[]): CheckpointFolders | null {
  const byParent = new Map<string, Set<string>>();
  for (const { path } of files) {
    const folder = folderOf(path);
    if (folder === '') continue;
    const parent = folderOf(folder.slice(0, -1));
    byParent.set(parent, (byParent.get(parent) ?? new Set()).add(folder.slice(parent.length, -1)));
  }
  const found = [...byParent].flatMap(([parent, names]) => {
    const [series] = findSeries([...names].filter((name) => hasWeights(files, `${parent}${name}/`)));
    return series === undefined ? [] : [{ parent, series }];
  });
  found.sort((a, b) => b.series.points.length - a.series.points.length);
  const [best] = found;
  if (best === undefined) return null;
  const { parent, series } = best;
  const shared = files.filter(({ path }) => folderOf(path) === parent);
  const sharedSets = listWeightSets(shared.map(({ path }) => path));
  const isWeights = new Set(sharedSets.flatMap((set) => set.files));
  const isBase = new Set(sharedSets.filter((set) => !isAdapterSet(set)).flatMap((set) => set.files));
  return {
    name: parent.slice(0, -1).split('/').at(-1) || 'dropped files',
    pattern: series.pattern,
    word: series.word,
    checkpoints: series.points.map(({ name, step }) => {
      const folder = `${parent}${name}/`;
      const own = files.filter(({ path }) => path.startsWith(folder));
      const has = new Set(own.map(({ path }) => path));
      // The adapters of a training run change the base model that lies beside their folders.
      const needsBase = listWeightSets([...has]).every(isAdapterSet);
      const lent = shared
        .filter(
          ({ path }) =>
            (needsBase && (isBase.has(path) || path.endsWith('.index.json'))) ||
            (!isWeights.has(path) && path.endsWith('.json') && !path.endsWith('.index.json')),
        )
        .map(({ path, blob }) => ({ path: folder + path.slice(parent.length), blob }))
        .filter(({ path }) => !has.has(path));
      return { name, step, files: [...own, ...lent] };
    }),
    beside: isWeights.size > 0 ? shared : null,
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Tells whether weights lie directly in the folder; deeper ones belong to something else. */
function hasWeights(files: readonly LocalFile[], folder: string): boolean {
  return listWeightSets(files.map(({ path }) => path).filter((path) => folderOf(path) === folder)).length > 0;
}
