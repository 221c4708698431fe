/** Names that belong to one training run, in the order of its steps. */
export interface NamedSeries {
  /** The part that they share, with … for the step: "step…", "checkpoint-…". */
  readonly pattern: string;
  /** The unit that the number counts: "step", "epoch", "iteration"; "checkpoint" where the name doesn't say. */
  readonly word: string;
  /** The points, with ascending steps. */
  readonly points: readonly { readonly name: string; readonly step: number }[];
}

/** A word for a training step with its number; k and M as training logs write them. */
const STEP =
  /(?:^|(?<=[-_./]))(?<word>(?:global[-_]?)?step|iter(?:ation)?|checkpoint|ckpt|epoch)s?(?<mark>[-_=]?)(?<number>\d+)(?<unit>[kM]?)(?![\dA-Za-z.])/;
const WORDS: Readonly<Record<string, string>> = {
  global_step: 'step',
  'global-step': 'step',
  globalstep: 'step',
  iter: 'iteration',
  ckpt: 'checkpoint',
};
/** The largest share of a run's names that may repeat the step of another: such a checkpoint was saved again. */
const MOST_TWICE = 0.1;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1000, M: 1_000_000 };

/**
 * Finds series of training steps among names of branches, tags or folders: "step1000", "checkpoint-500",
 * "stage1-step1000-tokens4B". A name counts only if it says what its number is; "v2" and "1.1" don't. Other numbers of
 * a name (tokens seen) may differ between points. Of two names with one step the first counts; many such pairs are
 * several runs, and no series. The longest series comes first.
 */
export function findSeries(names: readonly string[]): NamedSeries[] {
  const found = new Map<string, { word: string; points: { name: string; step: number }[] }>();
  for (const name of names) {
    const match = STEP.exec(name);
    if (match?.groups === undefined) continue;
    const { word = '', mark = '', number = '', unit = '' } = match.groups;
    const rest = name.slice(match.index + match[0].length).replace(/\d+/g, '#');
    const pattern = `${name.slice(0, match.index)}${word}${mark}…${rest}`;
    const series = found.get(pattern) ?? { word: WORDS[word] ?? word, points: [] };
    series.points.push({ name, step: Number(number) * UNITS[unit]! });
    found.set(pattern, series);
  }
  return [...found]
    .map(([pattern, { word, points }]) => {
      const firsts = points.filter(({ step }, at) => points.findIndex((one) => one.step === step) === at);
      const areOneRun = points.length - firsts.length <= MOST_TWICE * points.length;
      return { pattern, word, points: areOneRun ? firsts.sort((a, b) => a.step - b.step) : [] };
    })
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => b.points.length - a.points.length);
}

/**
 * Picks `count` of `items`, evenly spaced by index and always with the first and the last; all items where there are no
 * more.
 */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  if (count < 2) return items.slice(-1);
  return Array.from(
    { length: count },
    (_, at) => items[Math.round((at * (items.length - 1)) / (count - 1))]!,
  );
}
