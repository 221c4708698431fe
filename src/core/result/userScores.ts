/** One of the user's own scores of a head; null where the file says that there is none (an empty cell, NaN). */
export interface UserEntry {
  readonly layer: number;
  readonly head: number;
  readonly value: number | null;
  /** The map it belongs to ("decoder.self"), where the file names it. */
  readonly stack?: string;
}

/** One named score of the file: "induction". */
export interface UserColumn {
  readonly name: string;
  readonly entries: readonly UserEntry[];
}

/** A column with the file that it came from. */
export interface UserScore extends UserColumn {
  readonly file: string;
}

/** What a dropped file of scores holds. */
export interface UserScores {
  readonly file: string;
  readonly columns: readonly UserColumn[];
  /** Columns that were left out, each with its reason, as sentences. */
  readonly notes: readonly string[];
}

/** More heads than any model has (126 × 128 is the most so far), and more columns than anyone reads. */
export const USER_SCORES_LIMITS = {
  bytes: 32 * 1024 * 1024,
  rows: 200_000,
  columns: 200,
  index: 100_000,
} as const;
