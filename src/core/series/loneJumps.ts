/** Fewer points than this don't show what a usual step between neighbours is: two of five steps touch a jump. */
const MIN_POINTS = 6;
/**
 * With fewer heads than this, two noisy points may lie near each other by chance, and the one between them away from
 * both.
 */
const MIN_HEADS = 4;
/** From so many heads on chance is ruled out by half as much. */
const MANY_HEADS = 8;
/**
 * How much farther than its surroundings a jump lies from both its neighbours, with many heads and with few. In
 * simulated series of pure noise (normal, 6 to 150 points, 3000 of each length) no more than one in 3000 has a point
 * that lies so.
 */
const FAR = { manyHeads: 2, fewHeads: 3 };
/** Root mean square of the heads' differences, of scores s from −1 to 1; below it nothing is seen on any figure. */
const MIN_DISTANCE = 1e-3;

/**
 * Finds points of a series that jump away from both neighbours while these are near each other: typically a
 * checkpoint that isn't its step's. Such points aren't part of any smooth course, however steep.
 *
 * With d(a, b) the root mean square, over heads, of the differences of two points' scores, point i is a lone jump
 * where D = min(d(i−1, i), d(i, i+1)) is more than twice (with fewer than 8 heads three times) each of
 * - d(i−1, i+1): its neighbours' own distance, so that a steep change of phase is none (there D is at most that
 *   distance);
 * - min(d(i−2, i−1), d(i+1, i+2)): the step before or after, so that a turn of all heads is none;
 * - the median of d over all neighbours of the series, which noise alone doesn't exceed so far. Beside a jump a
 *   right point may look like one, too: so its detour, d(i−1, i) + d(i, i+1) − d(i−1, i+1), must be longer than
 *   those of the points beside it. Where that leaves none, it can't be known which of them is wrong, and nothing is
 *   said. The jump with the longest detour is taken out and the rest is examined again, so that two jumps with one
 *   point between them are both found. The first and the last point have one neighbour alone and are never called
 *   jumps; nor are two wrong points beside each other.
 *
 * @param points scores s of each point's heads, all of the same heads, in the series' order; null where undefined
 * @returns places of the jumps, ascending; none with fewer than 6 points, or 4 heads that are known in all of them
 */
export function findLoneJumps(points: readonly (readonly (number | null)[])[]): number[] {
  const heads = (points[0] ?? []).flatMap((_, head) =>
    points.every((point) => typeof point[head] === 'number') ? [head] : [],
  );
  if (heads.length < MIN_HEADS) return [];
  const scores = points.map((point) => heads.map((head) => point[head] as number));
  const places = points.map((_, place) => place);
  const jumps: number[] = [];
  while (places.length >= MIN_POINTS) {
    const jump = clearestJump(places.map((place) => scores[place]!));
    if (jump === null) break;
    jumps.push(...places.splice(jump, 1));
  }
  return jumps.sort((a, b) => a - b);
}

/** Returns the place of the jump without which the course is shortest; null where none jumps. */
function clearestJump(points: readonly (readonly number[])[]): number | null {
  const steps = points.slice(1).map((point, before) => distance(points[before]!, point));
  const usual = medianOf(steps);
  const far = points[0]!.length >= MANY_HEADS ? FAR.manyHeads : FAR.fewHeads;
  const between = points.slice(2).map((point, before) => distance(points[before]!, point));
  /** Without a detour at the ends, which have one neighbour alone. */
  const detours = points.map((_, place) => {
    const neighbourDistance = between[place - 1];
    return neighbourDistance === undefined ? 0 : steps[place - 1]! + steps[place]! - neighbourDistance;
  });
  const jumps = points.flatMap((_, place) => {
    const [neighbourDistance, detour] = [between[place - 1], detours[place]!];
    if (neighbourDistance === undefined || detour <= Math.max(detours[place - 1]!, detours[place + 1]!))
      return [];
    const sides = [steps[place - 2], steps[place + 1]].filter((step) => step !== undefined);
    const surroundings = Math.max(neighbourDistance, Math.min(...sides), usual, MIN_DISTANCE / far);
    return Math.min(steps[place - 1]!, steps[place]!) > far * surroundings ? [{ place, detour }] : [];
  });
  return jumps.sort((a, b) => b.detour - a.detour)[0]?.place ?? null;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, head) => sum + (value - b[head]!) ** 2, 0) / a.length);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
