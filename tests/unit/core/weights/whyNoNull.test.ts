import { describe, expect, it } from 'vitest';
import { conventionOf, RAW_CONVENTION } from '../../../../src/core/index.ts';
import { whyNoNull } from '../../../../src/core/weights/convention.ts';
import { gaussian } from '../../../support/random.ts';

const [D, DH, HEADS] = [48, 8, 400];

/** Mean s of random heads, M formed by its definition: rows of Wq and Wk times `gain`, columns times `headGain`. */
function meanScore(
  gain: (i: number) => number,
  headGain: (k: number) => number,
): { mean: number; sd: number } {
  const random = gaussian(7);
  const scores = Array.from({ length: HEADS }, () => {
    const draw = () =>
      Array.from({ length: D }, (_, i) =>
        Array.from({ length: DH }, (_, k) => random() * gain(i) * headGain(k)),
      );
    const [q, k] = [draw(), draw()];
    const m = q.map((row) => k.map((other) => row.reduce((sum, value, at) => sum + value * other[at]!, 0)));
    let [trace, norm] = [0, 0];
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) {
        trace += m[i]![j]! * m[j]![i]!;
        norm += m[i]![j]! ** 2;
      }
    return trace / norm;
  });
  const mean = scores.reduce((sum, s) => sum + s) / HEADS;
  const variance = scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / (HEADS - 1);
  return { mean, sd: Math.sqrt(variance / HEADS) };
}

/** Some directions are a few times as strong as others, as in trained models. */
const GAIN = (i: number) => (i % 6 === 0 ? 4 : 1);

describe('where random weights lie', () => {
  it('isn’t about 1/d once a gain is on the rows of Wq and Wk, but about Σγ⁴/(Σγ²)²', () => {
    const { mean, sd } = meanScore(GAIN, () => 1);
    const gains = Array.from({ length: D }, (_, i) => GAIN(i) ** 2);
    const [sum, ofSquares] = [gains.reduce((a, g) => a + g), gains.reduce((a, g) => a + g * g, 0)];
    expect(Math.abs(mean - 1 / D)).toBeGreaterThan(5 * sd);
    // The mean of a ratio is the ratio of means but for terms of 1/dh.
    expect(mean / (ofSquares / sum ** 2)).toBeGreaterThan(0.85);
    expect(mean / (ofSquares / sum ** 2)).toBeLessThan(1.15);
    expect(whyNoNull(conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 }))).toContain('1/d');
  });

  it('is about 1/d for raw weights and with gains of the head dimension', () => {
    for (const headGain of [() => 1, (k: number) => 1 + k]) {
      const { mean, sd } = meanScore(() => 1, headGain);
      expect(Math.abs(mean - 1 / D)).toBeLessThan(4 * sd);
    }
    expect(whyNoNull(RAW_CONVENTION)).toBeNull();
    expect(whyNoNull(conventionOf({ layerNorm: false, qkNorm: true, ropeOffset: -3 }))).toBeNull();
  });
});
