import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerSums } from '../../../../src/core/engines/layerProducts.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { layerPartners } from '../../../../src/core/inspection/layerPartners.ts';
import { directionality } from '../../../../src/core/metrics/directionality.ts';
import { effectiveRank } from '../../../../src/core/metrics/effectiveRank.ts';
import { energyShares } from '../../../../src/core/metrics/energy.ts';
import { layerScore } from '../../../../src/core/metrics/layerScore.ts';
import { stableRank } from '../../../../src/core/metrics/stableRank.ts';
import { mergeHeads } from '../../../../src/core/weights/mergeHeads.ts';
import { explicitM } from '../../../support/explicitM.ts';
import { finish } from '../../../support/finish.ts';
import { layerOf } from '../../../support/layerWeights.ts';
import { gaussian } from '../../../support/random.ts';

const engine = createReferenceEngine();
const signal = new AbortController().signal;

const layers = fc
  .record({
    d: fc.integer({ min: 2, max: 48 }),
    dh: fc.integer({ min: 1, max: 6 }),
    kv: fc.integer({ min: 1, max: 3 }),
    per: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  })
  .map(({ d, dh, kv, per, seed }) => {
    const normal = gaussian(seed);
    const matrices = (count: number) =>
      Array.from({ length: count }, () => Array.from({ length: d * dh }, normal));
    return layerOf(matrices(kv * per), matrices(kv), d, dh);
  });

describe('identities of a layer’s heads', () => {
  it('make the partners’ inner products sum to tr(MM), and the layer’s score that of the summed M', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (layer) => {
        const heads = layer.q.map((_, head) => head);
        const m = explicitM(layer, heads);
        let [cc, ab] = [0, 0];
        m.forEach((row, i) => {
          row.forEach((value, j) => {
            cc += value * m[j]![i]!;
            ab += value * value;
          });
        });
        const { inner } = await layerPartners(engine, layer, 0, signal);
        expect(Math.abs(inner.reduce((sum, value) => sum + value, 0) - cc)).toBeLessThanOrEqual(
          1e-10 * ab * heads.length,
        );
        for (const of of [layer, mergeHeads(layer, 12)]) {
          const { r, s } = layerScore(await finish(layerSums(engine, await engine.load([of]), 0)));
          expect(Math.abs(s! - cc / ab)).toBeLessThanOrEqual(1e-10);
          expect(r).toBe((1 + s!) / 2);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('make a head with another’s Wq and Wk exchanged its full partner', async () => {
    const [q, k] = [
      [1, 2, 3, 4, 5, 7],
      [2, 0, 1, -1, 3, 1],
    ];
    const { normalised, isWhole } = await layerPartners(engine, layerOf([q, k], [k, q], 3, 2), 0, signal);
    expect(isWhole).toBe(true);
    expect(normalised[1]).toBeCloseTo(1, 12);
    expect(normalised[2]).toBeCloseTo(1, 12);
  });

  it('leave only a head’s own row and the diagonal where all pairs would take too long', async () => {
    const heads = 12;
    const [d, dh] = [200, 20];
    const normal = gaussian(3);
    const matrices = () => Array.from({ length: heads }, () => Array.from({ length: d * dh }, normal));
    const layer = layerOf(matrices(), matrices(), d, dh);
    const whole = await layerPartners(engine, layer, 7, signal);
    expect(whole.isWhole).toBe(true);
    const row = await layerPartners(engine, layer, 7, signal, 1e7);
    expect(row.isWhole).toBe(false);
    for (let g = 0; g < heads; g++)
      for (let h = 0; h < heads; h++) {
        const at = g * heads + h;
        // The pair (7, g) is summed in another order than (g, 7).
        if (g === 7 || h === 7 || g === h) expect(row.normalised[at]).toBeCloseTo(whole.normalised[at]!, 12);
        else expect(row.inner[at]).toBeNaN();
      }
  });
});

describe('small metrics', () => {
  it('keep ranks between 1, for one singular value, and their number, for equal ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (sigma) => {
          for (const rank of [effectiveRank(sigma)!, stableRank(sigma)!]) {
            expect(rank).toBeGreaterThanOrEqual(1 - 1e-12);
            expect(rank).toBeLessThanOrEqual(sigma.length * (1 + 1e-12));
          }
          expect(stableRank(sigma.map((value) => value * 4))).toBeCloseTo(stableRank(sigma)!, 10);
        },
      ),
    );
    for (const rank of [effectiveRank, stableRank]) {
      expect(rank([5, 0, 0])).toBe(1);
      expect(rank([2, 2, 2, 2])).toBeCloseTo(4, 12);
      expect(rank([0, 0])).toBeNull();
      expect(rank([])).toBeNull();
    }
    expect(effectiveRank([0.5, 0.25, 0.25])).toBeCloseTo(2 ** 1.5, 12);
  });

  it('give r and the rest as shares of energy', () => {
    expect(energyShares(0.75)).toEqual({ symmetric: 0.75, antisymmetric: 0.25 });
  });

  it('directionality changes its sign when rows and columns are exchanged; without an outlier it is undefined', () => {
    const even = Float64Array.from({ length: 20 }, (_, i) => (1 + 0.01 * i) ** 2);
    const outlier = even.map((value, i) => (i === 3 ? 400 : value));
    expect(directionality({ rowSquares: even, colSquares: outlier })).toBe(1);
    expect(directionality({ rowSquares: outlier, colSquares: even })).toBe(-1);
    expect(directionality({ rowSquares: even, colSquares: even })).toBeNull();
    expect(directionality({ rowSquares: outlier, colSquares: outlier })).toBe(0);
    expect(directionality({ rowSquares: even, colSquares: outlier.map(() => Number.NaN) })).toBeNull();
  });
});
