import { findLoneJumps } from './loneJumps.ts';

/**
 * Why a point of a series may not belong to its own step:
 * - main-files: it holds the very files of main, and isn't the last step;
 * - shared-files: other steps hold the very same files, and it can't be known whose they are;
 * - repeated-scores: every head has exactly the score that it has at another step;
 * - jump: it lies far from both its neighbours, which are near each other (loneJumps.ts).
 */
export type CheckpointFlag = 'main-files' | 'shared-files' | 'repeated-scores' | 'jump';

/** What is known of a point of a series. */
export interface CheckpointEvidence {
  /** "step1000": the revision or folder. */
  readonly label: string;
  /** The training step; null where the name doesn't state it. */
  readonly step: number | null;
  /** Hashes of the files that decide, as one text; null where they couldn't be checked. */
  readonly files: string | null;
  /** s of all its heads, in their order; null where it isn't scored. */
  readonly scores: readonly (number | null)[] | null;
}

/** The revision that is published as the finished model. */
export interface MainEvidence {
  readonly label: string;
  /** The content of each of its sets of weights, as `CheckpointEvidence.files`. */
  readonly files: readonly string[];
}

export interface CheckpointMark {
  readonly label: string;
  /** Other revisions that hold the very same files, main first. */
  readonly sameAs: readonly string[];
  /** Other points whose heads have exactly the same scores, where their files aren't known to be the same. */
  readonly sameScores: readonly string[];
  /** Null where nothing speaks against it; the last step may well be main. */
  readonly flag: CheckpointFlag | null;
  /** Whether summaries leave it out unless the user wants it in. */
  readonly isLeftOut: boolean;
}

/**
 * Marks the points of a series that are copies of others, or that jump. A run's last step may hold main's files:
 * that is how a run is published. Where several steps share files that aren't main's, at most one of them can be its
 * own step's, and it can't be known which: all are marked. Where names state no step nothing is out of place: one of
 * each group stays, main or the first. Points whose scores repeat although their files differ are flagged and stay:
 * attention may have been frozen.
 *
 * @param points one run's, in its order
 */
export function markCheckpoints(
  points: readonly CheckpointEvidence[],
  main: MainEvidence | null,
): CheckpointMark[] {
  const copies = points.map((point, place) => copyMark(point, place, points, main));
  const kept = points.flatMap(({ scores, step }, place) =>
    scores === null || step === null || copies[place]!.isLeftOut ? [] : [{ place, scores }],
  );
  const alike = kept.filter(({ scores }) => scores.length === kept[0]!.scores.length);
  const jumps = findLoneJumps(alike.map(({ scores }) => scores)).map((index) => alike[index]!.place);
  return copies.map((mark, place) =>
    jumps.includes(place) ? { ...mark, flag: 'jump', isLeftOut: true } : mark,
  );
}

function copyMark(
  point: CheckpointEvidence,
  place: number,
  points: readonly CheckpointEvidence[],
  main: MainEvidence | null,
): CheckpointMark {
  const { label, step, files } = point;
  const isMain = main !== null && label === main.label;
  const isMains = !isMain && files !== null && main?.files.includes(files) === true;
  const others = points.filter((_, index) => index !== place);
  const sharing = others.filter((other) => files !== null && other.files === files);
  const sameAs = [
    ...(isMains ? [main.label] : []),
    ...sharing.map((other) => other.label).filter((other) => other !== main?.label || !isMains),
  ];
  const repeated = others.filter((other) => haveSameScores(point, other) && !sharing.includes(other));
  const mark = { label, sameAs, sameScores: repeated.map((other) => other.label) };
  if (step === null) {
    const isFirst = !others.some((other) => sharing.includes(other) && points.indexOf(other) < place);
    const isCopy = isMains || (!isMain && !isFirst);
    return { ...mark, flag: isCopy ? (isMains ? 'main-files' : 'shared-files') : null, isLeftOut: isCopy };
  }
  // The finished model is the last step's, by its files or, where these are packed again, by its scores.
  if (isMains && place === points.length - 1) return { ...mark, flag: null, isLeftOut: false };
  if (isMains) return { ...mark, flag: 'main-files', isLeftOut: true };
  if (sharing.length > 0) return { ...mark, flag: 'shared-files', isLeftOut: true };
  if (repeated.length === 0) return { ...mark, flag: null, isLeftOut: false };
  const areOthers = repeated.every((other) => files !== null && other.files !== null);
  return { ...mark, flag: 'repeated-scores', isLeftOut: !areOthers };
}

/** Exactly: scores of other weights never agree in all digits of all heads. */
function haveSameScores(a: CheckpointEvidence, b: CheckpointEvidence): boolean {
  return (
    a.scores !== null &&
    b.scores !== null &&
    a.scores.length === b.scores.length &&
    a.scores.some((score) => score !== null) &&
    a.scores.every((score, head) => score === b.scores![head])
  );
}
