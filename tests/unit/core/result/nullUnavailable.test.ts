import { describe, expect, it } from 'vitest';
import { pUnavailable } from '../../../../src/core/inspection/spectrumPValue.ts';
import { nullUnavailable } from '../../../../src/core/result/nullUnavailable.ts';
import { conventionOf, RAW_CONVENTION } from '../../../../src/core/weights/convention.ts';
import { stackView } from '../../../../src/figures/heatmapView.ts';
import { metricFor } from '../../../../src/figures/metric.ts';
import { rowBand, sharedDModel } from '../../../../src/figures/nullBand.ts';
import { gaussian } from '../../../support/random.ts';
import { fakeResult } from '../../figures/fakeResult.ts';

const [D, DH, HEADS] = [48, 8, 400];

type Matrix = readonly (readonly number[])[];

/** s by its definition, M = Wq Wkᵀ formed; both [d, dh]. */
function scoreByDefinition(q: Matrix, k: Matrix): number {
  const m = product(q, k);
  let [trace, norm] = [0, 0];
  for (let i = 0; i < D; i++)
    for (let j = 0; j < D; j++) {
      trace += m[i]![j]! * m[j]![i]!;
      norm += m[i]![j]! ** 2;
    }
  return trace / norm;
}

/** x yᵀ. */
function product(x: Matrix, y: Matrix): number[][] {
  return x.map((row) => y.map((other) => row.reduce((sum, value, at) => sum + value * other[at]!, 0)));
}

function drawn(random: () => number, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, random));
}

/** Their mean, its standard error, and their standard deviation. */
function spreadOf(scores: readonly number[]) {
  const mean = scores.reduce((sum, s) => sum + s) / scores.length;
  const variance = scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / (scores.length - 1);
  return { mean, error: Math.sqrt(variance / scores.length), sd: Math.sqrt(variance) };
}

/** Of random heads: rows of Wq and Wk times `gain`, columns times `headGain`. */
function randomHeads(gain: (i: number) => number, headGain: (k: number) => number) {
  const random = gaussian(7);
  const draw = () =>
    drawn(random, D, DH).map((row, i) => row.map((value, k) => value * gain(i) * headGain(k)));
  return spreadOf(Array.from({ length: HEADS }, () => scoreByDefinition(draw(), draw())));
}

/** Of random latent attention: each head's Wq = Q U and Wk = [K V, R] of factors Q, K and R that all heads of a model share. */
function latentHeads() {
  const random = gaussian(11);
  const [models, heads, rank, rope] = [100, 4, 12, 2];
  return spreadOf(
    Array.from({ length: models }, () => {
      const [q, k, r] = [drawn(random, D, rank), drawn(random, D, rank), drawn(random, D, rope)];
      return Array.from({ length: heads }, () => {
        const ownKeys = product(k, drawn(random, DH - rope, rank));
        return scoreByDefinition(
          product(q, drawn(random, DH, rank)),
          ownKeys.map((row, i) => [...row, ...r[i]!]),
        );
      });
    }).flat(),
  );
}

/** Some directions are a few times as strong as others, as in trained models. */
const GAIN = (i: number) => (i % 6 === 0 ? 4 : 1);

describe('random orientations', () => {
  it('are about Σγ⁴/(Σγ²)² rather than 1/d with a gain on the rows of Wq and Wk', () => {
    const { mean, error } = randomHeads(GAIN, () => 1);
    const gains = Array.from({ length: D }, (_, i) => GAIN(i) ** 2);
    const [sum, ofSquares] = [gains.reduce((a, g) => a + g), gains.reduce((a, g) => a + g * g, 0)];
    expect(Math.abs(mean - 1 / D)).toBeGreaterThan(5 * error);
    // The mean of a ratio is the ratio of means but for terms of 1/dh.
    expect(mean / (ofSquares / sum ** 2)).toBeGreaterThan(0.85);
    expect(mean / (ofSquares / sum ** 2)).toBeLessThan(1.15);
    expect(
      nullUnavailable('self', conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 })),
    ).toContain('1/d');
  });

  it('are about 1/d for raw weights and with gains of the head dimension', () => {
    for (const headGain of [() => 1, (k: number) => 1 + k]) {
      const { mean, error } = randomHeads(() => 1, headGain);
      expect(Math.abs(mean - 1 / D)).toBeLessThan(4 * error);
    }
    expect(nullUnavailable('self', RAW_CONVENTION)).toBeNull();
    expect(
      nullUnavailable('self', conventionOf({ layerNorm: false, qkNorm: true, ropeOffset: -3 })),
    ).toBeNull();
  });

  it('are about 1/d with a standard deviation of √2/d for latent attention', () => {
    const { mean, error, sd } = latentHeads();
    expect(Math.abs(mean - 1 / D)).toBeLessThan(4 * error);
    expect(sd / (Math.SQRT2 / D)).toBeGreaterThan(0.85);
    expect(sd / (Math.SQRT2 / D)).toBeLessThan(1.15);
  });

  it('give no z, no band and no p in cross attention, whatever the convention', () => {
    for (const stack of ['cross', 'decoder.cross', 'text.cross']) {
      expect(nullUnavailable(stack, RAW_CONVENTION)).toContain('cross attention');
      expect(pUnavailable(stack, RAW_CONVENTION, 64)).toBe(
        `No p: ${nullUnavailable(stack, RAW_CONVENTION)}.`,
      );
      const result = fakeResult();
      const stacks = result.stacks.map((one) => ({ ...one, name: stack }));
      const view = stackView({ ...result, stacks });
      const [row] = view.rows;
      const z = metricFor('z');
      expect(z.valueOf(view, row!, row!.heads[0]!)).toBeNull();
      expect(z.unavailableReason(row!.heads[0]!, view)).toContain('cross attention');
      expect(metricFor('s').valueOf(view, row!, row!.heads[0]!)).not.toBeNull();
      expect(rowBand(view, row!, metricFor('s'))).toBeNull();
      expect(sharedDModel([view])).toBeUndefined();
    }
    expect(pUnavailable('decoder.self', RAW_CONVENTION, 64)).toBeNull();
  });
});
