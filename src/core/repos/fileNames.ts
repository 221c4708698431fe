/**
 * Files that a system, a version control or a downloader leaves beside a model: macOS's AppleDouble copies
 * ("._model.safetensors"), folder settings, thumbnails, git's store, the hub client's bookkeeping. None of them belongs
 * to a model.
 */
const SIDECAR =
  /(?:^|\/)(?:\._[^/]*|\.DS_Store|\.AppleDouble|\.LSOverride|Icon\r|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.git|\.svn|\.hg|\.cache|\.ipynb_checkpoints|__pycache__|\.Trashes|\.Spotlight-V100|\.fseventsd|\$RECYCLE\.BIN|System Volume Information|@eaDir)(?:\/|$)/i;

export function isSidecar(path: string): boolean {
  return SIDECAR.test(path);
}

/**
 * One of the files that a model's weights were cut into, layer by layer or by size:
 * "model-00001-of-00002.safetensors".
 */
export interface ShardName {
  /** The path before the numbers, with the folder. */
  readonly stem: string;
  readonly number: number;
  readonly count: number;
}

/**
 * Numbers of any width, with hyphens, underscores or points: "model-1-of-3", "model_00001_of_00163", "model.00-of-02";
 * a browser's " (1)" may follow.
 */
const SHARD =
  /^(?<stem>.*?)(?:[-_. ]|(?<=^|\/))(?<number>\d{1,6})[-_. ]?of[-_. ]?(?<count>\d{1,6})(?: ?\(\d+\))?(?=\.\w+$)/i;

export function parseShardName(path: string): ShardName | null {
  const groups = SHARD.exec(path)?.groups;
  if (groups === undefined) return null;
  return { stem: groups.stem!, number: Number(groups.number), count: Number(groups.count) };
}

/** One of several files that hold slices of the same tensors, one for each device that the model was spread over. */
export interface RankName {
  /**
   * The path with `*` in place of the rank (and of the number of a part, where a rank's file is split): the same for
   * all files of the set.
   */
  readonly pattern: string;
  readonly rank: number;
  /**
   * True where such names have no other use (Meta's, Megatron's, DeepSpeed's, vLLM's); "tp_0" may mean something else.
   */
  readonly isSure: boolean;
}

/** Meta's consolidated.00.pth, Megatron's and DeepSpeed's mp_rank_00, vLLM's model-rank-0-part-0, "tp_rank_0". */
const SURE_RANK =
  /(?<before>(?:^|\/)consolidated\.|(?:^|[/_.-])mp_rank_|(?:^|[/_.-])tp[-_]?rank[-_]?|(?:^|\/)model-rank-)(?<rank>\d{1,4})(?<after>(?:_\d{3})?(?:\/|[-_.])[^/]*)$/i;
const LIKELY_RANK = /(?<before>(?:^|[/_.-])(?:tp|mp|rank|shard|slice)[-_]?)(?<rank>\d{1,4})(?<after>\.\w+)$/i;

export function parseRankName(path: string): RankName | null {
  const sure = SURE_RANK.exec(path);
  const match = sure ?? LIKELY_RANK.exec(path);
  if (match?.groups === undefined) return null;
  const { before, rank, after } = match.groups as { before: string; rank: string; after: string };
  const pattern = `${path.slice(0, match.index)}${before}*${after.replace(/-part-\d+/, '-part-*')}`;
  return { pattern, rank: Number(rank), isSure: sure !== null };
}
