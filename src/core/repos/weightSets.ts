/** The file formats that weights come in, in the order in which one is preferred to another. */
export const FORMATS = ['safetensors', 'pytorch', 'gguf', 'onnx'] as const;
export type FormatId = (typeof FORMATS)[number];

/** Files that together are one model's weights. */
export interface WeightSet {
  /** The index, or the first file: names the set within its repository. */
  readonly id: string;
  readonly format: FormatId;
  readonly files: readonly string[];
  /** The index of its shards, where there is one. */
  readonly index: string | null;
  /** For people: "model.safetensors", "pytorch_model.bin, 3 shards". */
  readonly label: string;
  /** Shards that its names count and that aren't here. */
  readonly missing: number;
  /** "" or a path that ends in a slash. */
  readonly folder: string;
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
/** The states of a training run, and other things that share the weights' extensions. */
const NO_WEIGHTS =
  /(?:^|[/_-])(?:optimizer|scheduler|scaler|rng_state|training_args|trainer_state|random_states|vocab|merges|spiece|tokenizer|onnx_data)[^/]*$/i;
/** Other people's names for second sets of the same weights. */
const COPIES =
  /(?:^|\/)(?:original|openvino|onnx|tf|flax)\/|(?:^|\/)consolidated[^/]*$|\.fp16\.|(?:^|\/)mmproj/i;
const ADAPTER = /(?:^|\/)adapter_model[^/]*$/;
const SHARD = /^(?<stem>.*)[-_.](?<number>\d{5})-of-(?<count>\d{5})(?=\.\w+$)/;

/** The sets of weights among a repository's files, the one to take first. */
export function listWeightSets(paths: readonly string[]): WeightSet[] {
  const files = paths.filter((path) => formatOfPath(path) !== null && !NO_WEIGHTS.test(path));
  const left = new Set(files);
  const sets: WeightSet[] = [];
  for (const index of paths.filter((path) => /\.(?:safetensors|bin)\.index\.json$/.test(path))) {
    const whole = index.replace(/\.index\.json$/, '');
    // A whole file beside the index holds the same weights.
    if (left.has(whole)) continue;
    const stem = whole.replace(/\.\w+$/, '');
    const shards = files.filter(
      (path) => SHARD.exec(path)?.groups?.stem === stem && path.endsWith(whole.slice(stem.length)),
    );
    for (const shard of shards) left.delete(shard);
    const count = Math.max(shards.length, ...shards.map((path) => Number(SHARD.exec(path)?.groups?.count)));
    sets.push(setOf(shards, { index, id: index, missing: count - shards.length, name: nameOf(whole) }));
  }
  const groups = new Map<string, string[]>();
  for (const path of left) {
    const shard = SHARD.exec(path)?.groups;
    const key = shard === undefined ? path : `${shard.stem} ${shard.count} ${formatOfPath(path)}`;
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  for (const group of groups.values()) {
    const count = Number(SHARD.exec(group[0]!)?.groups?.count ?? 1);
    const sorted = group.sort();
    sets.push(
      setOf(sorted, {
        index: null,
        id: sorted[0]!,
        missing: Math.max(0, count - group.length),
        name: nameOf(group[0]!),
      }),
    );
  }
  return sets.sort(byPreference);
}

/** Several files without an index that belong to one model, as they were dropped together. */
export function joinSets(sets: readonly WeightSet[]): WeightSet {
  const files = sets.flatMap((set) => set.files);
  return { ...sets[0]!, files, label: `${files.length} files` };
}

export function formatOfPath(path: string): FormatId | null {
  return EXTENSIONS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}

function setOf(
  files: readonly string[],
  { index, id, missing, name }: Pick<WeightSet, 'index' | 'id' | 'missing'> & { name: string },
): WeightSet {
  const shards = files.length + missing;
  return {
    id,
    index,
    files,
    missing,
    format: formatOfPath(files[0] ?? id.replace(/\.index\.json$/, ''))!,
    folder: id.slice(0, id.lastIndexOf('/') + 1),
    label: shards > 1 ? `${name}, ${shards} shards` : (files[0] ?? name),
  };
}

function nameOf(path: string): string {
  return path.replace(SHARD, '$<stem>');
}

function byPreference(a: WeightSet, b: WeightSet): number {
  return (
    Number(COPIES.test(a.id) || ADAPTER.test(a.id)) - Number(COPIES.test(b.id) || ADAPTER.test(b.id)) ||
    FORMATS.indexOf(a.format) - FORMATS.indexOf(b.format) ||
    depthOf(a) - depthOf(b) ||
    usualName(a) - usualName(b) ||
    fidelityOf(a) - fidelityOf(b) ||
    (a.id < b.id ? -1 : 1)
  );
}

function depthOf({ id }: WeightSet): number {
  return id.split('/').length;
}

/** GGUF repositories hold one model at many precisions: the least quantised comes first. */
const PRECISIONS = [/bf16/i, /f16/i, /f32/i, /q8/i, /q6/i, /q5/i, /q4/i];

function fidelityOf({ id }: WeightSet): number {
  const at = PRECISIONS.findIndex((precision) => precision.test(id));
  return at < 0 ? PRECISIONS.length : at;
}

/** The transformers library's own names come first. */
function usualName({ id }: WeightSet): number {
  return /(?:^|\/)(?:model\.safetensors|pytorch_model\.bin)/.test(id) ? 0 : 1;
}
