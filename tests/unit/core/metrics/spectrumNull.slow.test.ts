import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../../src/core/linalg/random.ts';
import { createSpectrumNull, isAsExtreme, monteCarloP } from '../../../../src/core/metrics/spectrumNull.ts';
import { gaussian } from '../../../support/random.ts';

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const central = (power: number) =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  return { mean, sd: Math.sqrt(central(2)), skew: central(3) / central(2) ** 1.5 };
}

/** s of one matrix with these singular values, with orthonormal U, V by Gram and Schmidt and M formed: nothing of the sampler's. */
function byDefinition(sigma: readonly number[], d: number, normal: () => number): number {
  const frame = () => {
    const columns: Float64Array[] = [];
    while (columns.length < sigma.length) {
      const v = Float64Array.from({ length: d }, normal);
      for (let pass = 0; pass < 2; pass++)
        for (const u of columns) {
          const inner = v.reduce((sum, value, i) => sum + value * u[i]!, 0);
          for (let i = 0; i < d; i++) v[i]! -= inner * u[i]!;
        }
      const length = Math.hypot(...v);
      columns.push(v.map((value) => value / length));
    }
    return columns;
  };
  const [u, v] = [frame(), frame()];
  const m = (i: number, j: number) => sigma.reduce((sum, value, k) => sum + value * u[k]![i]! * v[k]![j]!, 0);
  let [cc, ab] = [0, 0];
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      cc += m(i, j) * m(j, i);
      ab += m(i, j) ** 2;
    }
  return cc / ab;
}

const SPECTRA = [
  { name: 'flat, dh ≪ d', d: 32, sigma: Array(8).fill(1) as number[] },
  { name: 'heavy-tailed, dh ≪ d', d: 40, sigma: Array.from({ length: 10 }, (_, i) => 1 / (i + 1) ** 1.5) },
  { name: 'dh above d/2', d: 20, sigma: Array.from({ length: 14 }, (_, i) => 1 / (i + 1)) },
  { name: 'dh = d', d: 12, sigma: Array.from({ length: 12 }, (_, i) => 2 ** (-i / 4)) },
  { name: 'dh above d, the rest 0', d: 10, sigma: [...Array(10).fill(1), 0, 0, 0] as number[] },
  { name: 'rank 1', d: 32, sigma: [3] },
];

describe('a random orientation of a spectrum', () => {
  it.each(SPECTRA)(
    'has mean 1/d and sd √2/d up to O(1/d), within the Monte-Carlo error: $name',
    ({ d, sigma }) => {
      const n = 20_000;
      const draw = createSpectrumNull(sigma, d, mulberry32(7));
      const { mean, sd } = momentsOf(Array.from({ length: n }, draw));
      // Four standard errors of a mean.
      expect(Math.abs(mean * d - 1)).toBeLessThanOrEqual((4 * Math.SQRT2) / Math.sqrt(n));
      if (sigma.length > 1 && sigma.length < d) {
        // The variance's own terms of order 1/d, and four standard errors of an sd whose fourth moment is at most six times the normal one's.
        expect(Math.abs((sd * d) / Math.SQRT2 - 1)).toBeLessThanOrEqual(3 / d + 4 * Math.sqrt(6 / (2 * n)));
      }
    },
  );

  it.each(SPECTRA)('has mean, spread and skew of matrices that are formed: $name', ({ d, sigma }) => {
    const n = 800;
    const normal = gaussian(3);
    const formed = sigma.filter((value) => value > 0);
    const want = momentsOf(Array.from({ length: n }, () => byDefinition(formed, d, normal)));
    const draw = createSpectrumNull(sigma, d, mulberry32(11));
    const got = momentsOf(Array.from({ length: 20_000 }, draw));
    expect(Math.abs(got.mean - want.mean) / want.sd).toBeLessThanOrEqual(4 / Math.sqrt(n));
    expect(got.sd / want.sd).toBeGreaterThan(0.85);
    expect(got.sd / want.sd).toBeLessThan(1.15);
    expect(Math.abs(got.skew - want.skew)).toBeLessThanOrEqual(0.25 + 0.3 * Math.abs(want.skew));
  });

  it('makes s at rank 1 the square of one coordinate of a random direction, a β(½, (d−1)/2)', () => {
    const d = 5;
    const draw = createSpectrumNull([2], d, mulberry32(5));
    const values = Array.from({ length: 20_000 }, draw).sort((x, y) => x - y);
    // d = 5: P(cos² ≤ t) = (3√t − t^1.5)/2.
    const largest = values.reduce((most, t, i) => {
      const want = (3 * Math.sqrt(t) - t ** 1.5) / 2;
      return Math.max(most, Math.abs((i + 0.5) / values.length - want));
    }, 0);
    // Kolmogorov and Smirnov, 1 in 1000.
    expect(largest).toBeLessThanOrEqual(1.95 / Math.sqrt(values.length));
  });

  it('makes s 1 where one dimension fills the space', () => {
    const draw = createSpectrumNull([4], 1, mulberry32(1));
    for (let i = 0; i < 10; i++) expect(draw()).toBeCloseTo(1, 12);
  });

  it('is the same for the same seed and for a spectrum on any scale', () => {
    const drawn = (scale: number) => {
      const draw = createSpectrumNull(
        [3, 2, 1].map((value) => value * scale),
        30,
        mulberry32(4),
      );
      return Array.from({ length: 5 }, draw);
    };
    expect(drawn(1)).toEqual(drawn(1));
    for (const [i, value] of drawn(2 ** -300).entries()) expect(value).toBeCloseTo(drawn(1)[i]!, 12);
  });

  it('gives random heads uniform p-values', () => {
    const [d, sigma] = [24, [3, 2, 2, 1, 1, 0.5]];
    const [observe, draw] = [
      createSpectrumNull(sigma, d, mulberry32(21)),
      createSpectrumNull(sigma, d, mulberry32(22)),
    ];
    const draws = 99;
    const p = Array.from({ length: 800 }, () => {
      const s = observe();
      let atLeast = 0;
      for (let i = 0; i < draws; i++) if (isAsExtreme(draw(), s, d)) atLeast += 1;
      return monteCarloP(atLeast, draws);
    }).sort((x, y) => x - y);
    const largest = p.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / p.length)), 0);
    expect(largest).toBeLessThanOrEqual(1.95 / Math.sqrt(p.length) + 1 / (1 + draws));
    expect(monteCarloP(0, 999)).toBe(0.001);
    expect(monteCarloP(999, 999)).toBe(1);
  });
});
