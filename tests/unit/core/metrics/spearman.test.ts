import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { midRanks, spearman } from '../../../../src/core/metrics/spearman.ts';

/** Few distinct values: ties are the rule. */
const tied = fc.integer({ min: -3, max: 3 });
const pairs = fc.array(fc.tuple(tied, tied), { minLength: 2, maxLength: 40 });
const sides = (list: readonly (readonly [number, number])[]) =>
  [list.map(([x]) => x), list.map(([, y]) => y)] as const;

/** A value's rank by counting: how many are below it, and half of those that equal it. */
const rankByCounting = (values: readonly number[], value: number) =>
  values.filter((other) => other < value).length + (values.filter((other) => other === value).length + 1) / 2;

describe('midRanks', () => {
  it('gives equal values the mean of their ranks', () => {
    expect(midRanks([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
    expect(midRanks([])).toEqual([]);
  });

  it('agrees with counting', () => {
    fc.assert(
      fc.property(fc.array(tied, { maxLength: 40 }), (values) => {
        expect(midRanks(values)).toEqual(values.map((value) => rankByCounting(values, value)));
      }),
    );
  });
});

describe('spearman', () => {
  it('agrees with R and scipy', () => {
    // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]).statistic = 0.8207826816681233, the manual's example.
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14);
    // cor(c(106,100,86,101,99,103,97,113,112,110), c(7,27,2,50,28,29,20,12,6,17), method = "spearman") = −29/165.
    expect(
      spearman([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]),
    ).toBeCloseTo(-29 / 165, 14);
  });

  it('agrees with the short formula where nothing is tied', () => {
    const values = fc.uniqueArray(fc.double({ noNaN: true, min: -1, max: 1 }), {
      minLength: 3,
      maxLength: 30,
    });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const n = Math.min(a.length, b.length);
        // 0 and −0 are equal, though uniqueArray takes them for two.
        fc.pre(
          new Set(a.map((v) => v + 0)).size === a.length && new Set(b.map((v) => v + 0)).size === b.length,
        );
        const [x, y] = [a.slice(0, n), b.slice(0, n)];
        const squares = x.reduce(
          (sum, value, i) => sum + (rankByCounting(x, value) - rankByCounting(y, y[i]!)) ** 2,
          0,
        );
        expect(spearman(x, y)).toBeCloseTo(1 - (6 * squares) / (n ** 3 - n), 12);
      }),
    );
  });

  it('is invariant to the order of pairs, to exchanged sides and to a rising function', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [x, y] = sides(list);
        const rho = spearman(x, y);
        const near = (other: number | null, sign = 1) =>
          rho === null ? expect(other).toBeNull() : expect(other).toBeCloseTo(sign * rho, 12);
        near(spearman(y, x));
        near(spearman([...x].reverse(), [...y].reverse()));
        near(
          spearman(
            x.map((value) => value ** 3),
            y.map(Math.exp),
          ),
        );
        near(
          spearman(
            x.map((value) => -value),
            y,
          ),
          -1,
        );
      }),
    );
  });

  it('is 1 of a side with itself, −1 of it reversed, and null where a side is constant', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [x] = sides(list);
        const constant = new Set(x).size === 1;
        expect(spearman(x, x)).toBe(constant ? null : 1);
        expect(
          spearman(
            x,
            x.map((value) => -value),
          ),
        ).toBe(constant ? null : -1);
      }),
    );
    expect(spearman([1], [1])).toBeNull();
    expect(spearman([], [])).toBeNull();
    expect(() => spearman([1], [])).toThrow(RangeError);
  });
});
