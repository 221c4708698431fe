import type { CheckpointMark } from './checkpointMarks.ts';

/**
 * Returns what is said of one point behind its name: "holds main’s files"; null where there is nothing to say.
 */
export function markText({ flag, sameAs, sameScores }: CheckpointMark): string | null {
  switch (flag) {
    case 'main-files':
      return `holds ${sameAs[0]}’s files`;
    case 'shared-files':
      return `holds the same files as ${listed(sameAs)}`;
    case 'repeated-scores':
      return `has exactly the scores of ${listed(sameScores)}`;
    case 'jump':
      return 'a lone jump';
    case null:
      return sameAs.length === 0 ? null : `holds ${sameAs[0]}’s files, as the last step may`;
    default:
      return flag satisfies never;
  }
}

/**
 * Returns what is wrong with a series, in sentences that name the points: of points that hold main's files, that
 * share files, that repeat scores, that jump. Empty where nothing is.
 */
export function markNotes(marks: readonly CheckpointMark[]): string[] {
  const named = (flag: CheckpointMark['flag']) => marks.filter((mark) => mark.flag === flag);
  const notes: string[] = [];
  const mains = named('main-files');
  if (mains.length > 0) {
    const main = mains[0]!.sameAs[0]!;
    const last = marks.find(({ flag, sameAs }) => flag === null && sameAs[0] === main);
    const hold = mains.length === 1 ? 'holds' : 'hold';
    notes.push(
      `${mains.length} of ${marks.length} ${hold} ${main}’s very files: ${all(mains)}.` +
        (last === undefined ? '' : ` ${last.label} holds them too, as the last step may.`),
    );
  }
  for (const group of groupsOf(named('shared-files')))
    notes.push(`${group} hold the same files: at most one of them can be its own.`);
  const jumps = named('jump');
  if (jumps.length > 0)
    notes.push(
      jumps.length === 1
        ? `${all(jumps)} is a lone jump: its heads lie far from both its neighbours, which are near each other.`
        : `${all(jumps)} are lone jumps: their heads lie far from both their neighbours, which are near each other.`,
    );
  const repeats = named('repeated-scores');
  for (const group of groupsOf(repeats, ({ sameScores }) => sameScores))
    notes.push(
      `${group} have exactly the same scores${
        repeats.some(({ isLeftOut }) => isLeftOut) ? '' : ', though their files differ'
      }.`,
    );
  return notes;
}

/** Returns the names of all these points. */
function all(marks: readonly CheckpointMark[]): string {
  return listed(marks.map(({ label }) => label));
}

/** Returns each group of points that name each other, once. */
function groupsOf(
  marks: readonly CheckpointMark[],
  othersOf: (mark: CheckpointMark) => readonly string[] = ({ sameAs }) => sameAs,
): string[] {
  const seen = new Set<string>();
  return marks.flatMap((mark) => {
    if (seen.has(mark.label)) return [];
    const group = [mark.label, ...othersOf(mark)];
    for (const label of group) seen.add(label);
    return [listed(group)];
  });
}

/** "a", "a and b", "a, b and c". */
function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
