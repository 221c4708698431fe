/** Names that are one training run's, in the order of its steps. */
export interface NamedSeries {
  /** What they share, with … for the step: "step…", "checkpoint-…". */
  readonly pattern: string;
  /** What its number counts: "step", "epoch", "iteration"; "checkpoint" where the name says no more. */
  readonly word: string;
  /** Steps ascend. */
  readonly points: readonly { readonly name: string; readonly step: number }[];
}

/** A word for a training step, and its number; k and M as training logs write them. */
const STEP =
  /(?:^|(?<=[-_./]))(?<word>(?:global[-_]?)?step|iter(?:ation)?|checkpoint|ckpt|epoch)s?(?<mark>[-_=]?)(?<number>\d+)(?<unit>[kM]?)(?![\dA-Za-z.])/;
const WORDS: Readonly<Record<string, string>> = {
  global_step: 'step',
  'global-step': 'step',
  globalstep: 'step',
  iter: 'iteration',
  ckpt: 'checkpoint',
};
/** Share of a run's names whose step another one has: a checkpoint that was saved again. */
const MOST_TWICE = 0.1;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1000, M: 1_000_000 };

/**
 * The series of training steps among names of branches, tags or folders: "step1000", "checkpoint-500",
 * "stage1-step1000-tokens4B". Only names that say what their number is count; "v2" and "1.1" don't. Other numbers of
 * a name (tokens seen) may differ between points. Of two names with one step the first counts; many such are several
 * runs, and no series. The longest comes first.
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

/** `count` of `items`, the first and the last among them, evenly by their place; all where there are no more. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  if (count < 2) return items.slice(-1);
  return Array.from(
    { length: count },
    (_, at) => items[Math.round((at * (items.length - 1)) / (count - 1))]!,
  );
}
