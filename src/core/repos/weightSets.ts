// Groups the files of a repository into sets of weights that belong together.
import { isSidecar, parseRankName, parseShardName } from './fileNames.ts';
import { byPreference, type FormatId } from './weightPreference.ts';

export type { FormatId } from './weightPreference.ts';

/** The files that together make up one model's weights. */
export interface WeightSet {
  /** The index, or the first file: it identifies the set within its repository. */
  readonly id: string;
  readonly format: FormatId;
  readonly files: readonly string[];
  /** The index of its shards, where there is one. */
  readonly index: string | null;
  /** The label on the page: "model.safetensors", "pytorch_model.bin, 3 shards". */
  readonly label: string;
  /** The number of shards that the names count and that are missing. */
  readonly missing: number;
  /** The folder where its config.json is looked for first: "" or a path that ends in a slash. */
  readonly folder: string;
  /** The rank of each file, where the names say that the files are slices of the same tensors, one for each device. */
  readonly ranks?: readonly number[];
  /**
   * True for files that were dropped together without an index: only their headers show whether they belong to one
   * model.
   */
  readonly isLoose?: boolean;
  /** The files of an adapter that is merged into these weights. */
  readonly adapter?: WeightSet;
}

const EXTENSIONS: Readonly<Record<string, FormatId>> = {
  safetensors: 'safetensors',
  bin: 'pytorch',
  pt: 'pytorch',
  pth: 'pytorch',
  ckpt: 'pytorch',
  gguf: 'gguf',
  onnx: 'onnx',
};
/** States of a training run and other files that share the extensions of weights. */
const NO_WEIGHTS =
  /(?:^|[/_-])(?:optimizer|scheduler|scaler|rng_state|training_args|trainer_state|random_states|optim_states|distrib_optim|vocab|merges|spiece|tokenizer|onnx_data)[^/]*$/i;

/** Lists the sets of weights among a repository's files, the preferred one first. */
export function listWeightSets(paths: readonly string[]): WeightSet[] {
  const files = paths.filter(isWeightPath);
  const left = new Set(files);
  const sets: WeightSet[] = [];
  for (const index of paths.filter((path) => /\.(?:safetensors|bin)\.index\.json$/.test(path))) {
    const whole = index.replace(/\.index\.json$/, '');
    // A whole file beside the index holds the same weights.
    if (left.has(whole) || isSidecar(index)) continue;
    const stem = whole.replace(/\.\w+$/, '');
    const format = formatOfPath(whole);
    const shards = files.filter(
      (path) => parseShardName(path)?.stem === stem && formatOfPath(path) === format,
    );
    for (const shard of shards) left.delete(shard);
    const count = Math.max(shards.length, ...shards.map((path) => parseShardName(path)!.count));
    const name = whole;
    sets.push(setOf(shards, { index, id: index, missing: count - shards.length, name, what: 'shards' }));
  }
  for (const group of groupByName(left)) {
    const shard = parseShardName(group[0]!);
    const ranks = group.map((path) => parseRankName(path)?.rank ?? 0);
    const isSliced = shard === null && group.length > 1;
    const count = isSliced ? Math.max(...ranks) + 1 : (shard?.count ?? 1);
    sets.push({
      ...setOf(group, {
        index: null,
        id: group[0]!,
        missing: Math.max(0, count - (isSliced ? new Set(ranks).size : group.length)),
        name: shard === null ? group[0]! : shard.stem + group[0]!.slice(group[0]!.lastIndexOf('.')),
        what: isSliced ? 'slices' : 'shards',
      }),
      ...(isSliced ? { ranks } : {}),
    });
  }
  return sets.sort(byPreference);
}

/**
 * Tells whether a file's name and extension are those of weights; sidecars of the file system and states of a training
 * run don't count.
 */
export function isWeightPath(path: string): boolean {
  return formatOfPath(path) !== null && !NO_WEIGHTS.test(path) && !isSidecar(path);
}

/**
 * Joins several files that were dropped together without an index and may belong to one model: their headers decide.
 */
export function joinSets(sets: readonly WeightSet[]): WeightSet {
  const files = sets.flatMap((set) => set.files);
  return { ...sets[0]!, files, label: `${files.length} files`, isLoose: true };
}

export function formatOfPath(path: string): FormatId | null {
  return EXTENSIONS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

/** Makes the path that selects the GGUF file of a quantisation: "*Q4_K_M*.gguf". */
export function quantisationPath(quantisation: string): string {
  return `*${quantisation}*.gguf`;
}

/** Returns the quantisation of such a path; null for a file's path. */
export function quantisationOf(path: string): string | null {
  return /^\*([^*/]+)\*\.gguf$/.exec(path)?.[1] ?? null;
}

/**
 * Filters the GGUF sets whose name contains that quantisation as a word: "Q4_K" is in "m-Q4_K.gguf", and not in
 * "m-Q4_K_M.gguf".
 */
export function setsOfQuantisation(sets: readonly WeightSet[], quantisation: string): WeightSet[] {
  const word = quantisation.replace(/[.]/g, '\\.');
  const pattern = new RegExp(`(?:^|[^A-Za-z0-9])${word}(?![A-Za-z0-9]|_[A-Za-z0-9])`, 'i');
  return sets.filter(({ format, id }) => format === 'gguf' && !/mmproj/i.test(id) && pattern.test(id));
}

/** Groups files by their names: the shards of one count, the slices of one set of ranks, and every other file alone. */
function groupByName(paths: Iterable<string>): string[][] {
  const groups = new Map<string, { path: string; order: number }[]>();
  const add = (key: string, path: string, order: number) =>
    groups.set(key, [...(groups.get(key) ?? []), { path, order }]);
  const likely = new Map<string, { path: string; order: number }[]>();
  for (const path of paths) {
    const shard = parseShardName(path);
    const rank = shard === null ? parseRankName(path) : null;
    if (shard !== null) add(`${shard.stem} ${shard.count} ${formatOfPath(path)}`, path, shard.number);
    else if (rank?.isSure) add(rank.pattern, path, rank.rank);
    else if (rank !== null)
      likely.set(rank.pattern, [...(likely.get(rank.pattern) ?? []), { path, order: rank.rank }]);
    else add(path, path, 0);
  }
  for (const [pattern, found] of likely) {
    const isRow = found
      .map(({ order }) => order)
      .sort((a, b) => a - b)
      .every((order, at) => order === at);
    for (const { path, order } of found) add(isRow && found.length > 1 ? pattern : path, path, order);
  }
  return [...groups.values()].map((group) =>
    group.sort((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1)).map(({ path }) => path),
  );
}

function setOf(
  files: readonly string[],
  {
    index,
    id,
    missing,
    name,
    what,
  }: Pick<WeightSet, 'index' | 'id' | 'missing'> & { name: string; what: string },
): WeightSet {
  const shards = files.length + missing;
  return {
    id,
    index,
    files,
    missing,
    format: formatOfPath(files[0] ?? id.replace(/\.index\.json$/, ''))!,
    folder: folderOf(id),
    label: shards > 1 ? `${name}, ${shards} ${what}` : (files[0] ?? name),
  };
}

/** Returns the folder of a file; for a rank's folder ("mp_rank_00/") the folder around it. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1).replace(/(?:mp|tp)_rank_[\d_]+\/$/, '');
}
