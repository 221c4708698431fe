import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLoneJumps } from '../../../../src/core/series/loneJumps.ts';
import { gaussian } from '../../../support/random.ts';

const heads = 24;
type Point = number[];

/** Each head's score over a run: from a beginning to an end, by a logistic curve of its own, however steep. */
function smoothRun(seed: number, points: number, steepness: number): Point[] {
  const random = gaussian(seed);
  const courses = Array.from({ length: heads }, () => ({
    from: 0.1 * random(),
    by: 0.4 + 0.1 * random(),
    middle: 0.5 + 0.02 * random(),
  }));
  return Array.from({ length: points }, (_, at) =>
    courses.map(
      ({ from, by, middle }) => from + by / (1 + Math.exp(-steepness * (at / (points - 1) - middle))),
    ),
  );
}

const noisy = (seed: number, points: number, size: number): Point[] => {
  const random = gaussian(seed);
  return Array.from({ length: points }, () => Array.from({ length: heads }, () => 0.2 + size * random()));
};

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const counts = fc.integer({ min: 6, max: 160 });

describe('lone jumps', () => {
  it('are absent from a smooth run, however steep its change of phase', () => {
    fc.assert(
      fc.property(seeds, counts, fc.double({ min: 0.5, max: 500, noNaN: true }), (seed, count, steepness) => {
        expect(findLoneJumps(smoothRun(seed, count, steepness))).toEqual([]);
      }),
    );
  });

  it('are absent from constant noise and from a constant', () => {
    fc.assert(
      fc.property(seeds, counts, fc.double({ min: 0, max: 0.3, noNaN: true }), (seed, count, size) => {
        expect(findLoneJumps(noisy(seed, count, size))).toEqual([]);
      }),
    );
  });

  it('are absent from a random walk and from a turn of all heads at once', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, count) => {
        const random = gaussian(seed);
        let here = Array.from({ length: heads }, random);
        const walk = Array.from({ length: count }, () => {
          here = here.map((value) => value + 0.01 * random());
          return here;
        });
        expect(findLoneJumps(walk)).toEqual([]);
      }),
    );
    const turn = Array.from({ length: 21 }, (_, at) => Array(heads).fill(Math.abs(at - 10) / 50));
    expect(findLoneJumps(turn)).toEqual([]);
    const wave = Array.from({ length: 21 }, (_, at) => Array(heads).fill(at % 2));
    expect(findLoneJumps(wave)).toEqual([]);
  });

  it('are found for one replaced point in a quiet run', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 7, max: 160 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, count, part) => {
          const run = noisy(seed, count, 0.01).map((point, at) =>
            point.map((value) => value + at / count / 4),
          );
          const place = 1 + Math.floor(part * (count - 3));
          run[place] = noisy(seed + 1, 1, 0.3)[0]!;
          expect(findLoneJumps(run)).toEqual([place]);
        },
      ),
    );
  });

  it('are found for the jump, not for the right point beside it', () => {
    // A change of phase of which most points are missing: 6000 lies between 3000 and the jump as the jump does between it and 9000.
    const run = (levels: readonly number[]) =>
      levels.map((level) => Array.from({ length: heads }, (_, head) => level + head / 100));
    expect(findLoneJumps(run([0.03, 0.09, 0.16, 0.44, 0.05, 0.57, 0.59, 0.6]))).toEqual([4]);
    // Here either of the two may be the wrong one.
    expect(findLoneJumps(run([0, 0.01, 0.035, 0.38, 0.003, 0.64, 0.67, 0.69]))).toEqual([]);
  });

  it('are both found with one point between them, but not side by side or at the ends', () => {
    const run = smoothRun(3, 16, 5);
    const [a, b] = noisy(7, 2, 0.5) as [Point, Point];
    const put = (places: Record<number, Point>) => run.map((point, at) => places[at] ?? point);
    expect(findLoneJumps(put({ 10: a, 12: b }))).toEqual([10, 12]);
    expect(findLoneJumps(put({ 10: a, 11: b }))).toEqual([]);
    expect(findLoneJumps(put({ 0: a }))).toEqual([]);
    expect(findLoneJumps(put({ 15: a }))).toEqual([]);
  });

  it('ignore an undefined head, and are unknown for too few points', () => {
    const run = smoothRun(3, 16, 5);
    run[9] = noisy(7, 1, 0.5)[0]!;
    expect(findLoneJumps(run.map((point, at) => (at === 4 ? [null, ...point.slice(1)] : point)))).toEqual([
      9,
    ]);
    expect(findLoneJumps(run.map((point) => point.slice(0, 4)))).toEqual([9]);
    expect(findLoneJumps(run.map((point) => point.slice(0, 3)))).toEqual([]);
    expect(findLoneJumps(run.slice(7, 12))).toEqual([]);
    expect(findLoneJumps([])).toEqual([]);
  });

  it('are absent from the sample’s runs, and found for a misplaced copy of the last step', () => {
    const { runs } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
      runs: { kind: string; seed: number; steps: { r: number[][] }[] }[];
    };
    for (const { kind, seed, steps } of runs) {
      const points = steps.map(({ r }) => r.flat().map((value) => 2 * value - 1));
      expect(findLoneJumps(points), `${kind} ${seed}`).toEqual([]);
      if (kind !== 'masked' || seed !== 0) continue;
      points[7] = points.at(-1)!;
      expect(findLoneJumps(points)).toEqual([7]);
    }
  });
});
