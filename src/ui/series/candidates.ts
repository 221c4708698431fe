import { evenly, findSeries, type HubRef, type ModelChoice } from '../../core/repos/index.ts';
import { type WantedCheckpoint, withWeightsOf } from '../../state/seriesTracks.ts';

/** Revisions that could be scored as a series. */
export interface SeriesCandidate {
  readonly name: string;
  readonly word: string;
  readonly points: readonly WantedCheckpoint[];
}

/**
 * A repository's series of training steps, the longest first; and all its branches and tags, in the hub's order. With the
 * weights that were chosen for the open model, if they were.
 */
export function hubCandidates(
  repo: string,
  refs: readonly HubRef[],
  open: ModelChoice = { kind: 'hub', repo },
): SeriesCandidate[] {
  const point = ({ name, commit }: HubRef, step: number | null): WantedCheckpoint => ({
    label: name,
    step,
    commit,
    choice: withWeightsOf({ kind: 'hub', repo, revision: name }, open),
  });
  const byName = new Map(refs.map((ref) => [ref.name, ref]));
  const series = findSeries(refs.map(({ name }) => name)).map(({ pattern, word, points }) => ({
    name: pattern,
    word,
    points: points.map(({ name, step }) => point(byName.get(name)!, step)),
  }));
  const all = {
    name: 'all branches and tags',
    word: 'revision',
    points: refs.map((ref) => point(ref, null)),
  };
  return refs.length < 2 ? series : [...series, all];
}

/** How many of a long series may be taken. */
export function takeOptions(length: number): number[] {
  return [length, ...[50, 20, 10, 5].filter((count) => count < length)];
}

export function taken({ points }: SeriesCandidate, count: number): WantedCheckpoint[] {
  return evenly(points, count);
}
