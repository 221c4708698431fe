import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCalls } from '../../../../src/core/engines/calls.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import type { Rotation } from '../../../../src/core/linalg/rotation.ts';
import { symmetryRatio } from '../../../../src/core/metrics/symmetry.ts';
import { applyConvention, type LayerTransform } from '../../../../src/core/weights/applyConvention.ts';
import { conventionOf, RAW_CONVENTION } from '../../../../src/core/weights/convention.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import type { LayerWeights } from '../../../../src/core/weights/layerWeights.ts';
import {
  diagonal,
  multiply,
  ratioOf,
  rotationMatrix,
  rowsOf,
  transpose,
} from '../../../support/explicitForm.ts';
import { layerOf } from '../../../support/layerWeights.ts';
import { gaussian } from '../../../support/random.ts';

const engine = createReferenceEngine();
const NOTHING: LayerTransform = { inputGain: null, headGains: null, rotation: null };

async function ratios(weights: LayerWeights): Promise<(number | null)[]> {
  const handle = await engine.load([weights]);
  const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
  handle.release();
  return scores.map(symmetryRatio);
}

function transformed(weights: LayerWeights, transform: LayerTransform): LayerWeights {
  const parts = [...applyConvention(weights, transform)];
  return {
    ...weights,
    q: parts.flatMap((part) => part.weights.q),
    k: parts.flatMap((part) => part.weights.k),
  };
}

/** A made-up layer with grouped queries, and all that a convention may apply to it. */
const made = fc
  .record({
    seed: fc.integer(),
    d: fc.integer({ min: 3, max: 10 }),
    half: fc.integer({ min: 1, max: 3 }),
    unturned: fc.integer({ min: 0, max: 2 }),
    groups: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    pairing: fc.constantFrom('half' as const, 'interleaved' as const),
    offset: fc.integer({ min: -200, max: 200 }),
  })
  .map(({ seed, d, half, unturned, groups, perGroup, pairing, offset }) => {
    const normal = gaussian(seed);
    const dh = 2 * half + unturned;
    const values = (length: number) => Array.from({ length }, normal);
    const q = Array.from({ length: groups * perGroup }, () => values(d * dh));
    const k = Array.from({ length: groups }, () => values(d * dh));
    const rotation: Rotation = {
      pairing,
      dims: 2 * half,
      frequencies: Array.from({ length: half }, (_, i) => 100 ** (-i / half)),
    };
    return {
      d,
      dh,
      q,
      k,
      perGroup,
      rotation,
      offset,
      gamma: values(d),
      qGain: values(dh),
      kGain: values(dh),
    };
  });

type Made = typeof made extends fc.Arbitrary<infer T> ? T : never;

/** The pairs by the two papers' own words: GPT-NeoX's halves, RoFormer's neighbours. */
function pairsOf({ pairing, dims }: Rotation): [number, number][] {
  return Array.from({ length: dims / 2 }, (_, i) =>
    pairing === 'half' ? [i, i + dims / 2] : [2 * i, 2 * i + 1],
  );
}

/** r of diag(γ) Wq diag(g_q) R_Δ diag(g_k) Wkᵀ diag(γ), every matrix written out. */
function expected({ d, dh, q, k, perGroup, rotation, offset, gamma, qGain, kGain }: Made): number[] {
  const r = rotationMatrix(dh, pairsOf(rotation), rotation.frequencies, offset);
  return q.map((wq, head) => {
    const left = multiply(multiply(diagonal(gamma), rowsOf(wq, dh)), diagonal(qGain));
    const right = multiply(
      multiply(diagonal(gamma), rowsOf(k[Math.floor(head / perGroup)]!, dh)),
      diagonal(kGain),
    );
    expect(left.length).toBe(d);
    return ratioOf(multiply(multiply(left, r), transpose(right)));
  });
}

describe('a layer under a convention', () => {
  it('gives r of the product written out, gains, rotation and groups together', async () => {
    await fc.assert(
      fc.asyncProperty(made, async (layer) => {
        const { d, dh, q, k, rotation, offset, gamma, qGain, kGain } = layer;
        const got = await ratios(
          transformed(layerOf(q, k, d, dh), {
            inputGain: Float64Array.from(gamma),
            headGains: { q: [Float64Array.from(qGain)], k: [Float64Array.from(kGain)] },
            rotation: { rotation, offset },
          }),
        );
        for (const [head, want] of expected(layer).entries()) expect(got[head]).toBeCloseTo(want, 9);
      }),
      { numRuns: 80 },
    );
  });

  it('applies γ, the head gains and the rotation each alone', async () => {
    await fc.assert(
      fc.asyncProperty(made, async (layer) => {
        const ones = (length: number) => Array.from({ length }, () => 1);
        const plain = {
          ...layer,
          gamma: ones(layer.d),
          qGain: ones(layer.dh),
          kGain: ones(layer.dh),
          offset: 0,
        };
        const weights = layerOf(layer.q, layer.k, layer.d, layer.dh);
        const cases: [Made, LayerTransform][] = [
          [
            { ...plain, gamma: layer.gamma },
            { ...NOTHING, inputGain: Float64Array.from(layer.gamma) },
          ],
          [
            { ...plain, qGain: layer.qGain, kGain: layer.kGain },
            {
              ...NOTHING,
              headGains: { q: [Float64Array.from(layer.qGain)], k: [Float64Array.from(layer.kGain)] },
            },
          ],
          [
            { ...plain, offset: layer.offset },
            { ...NOTHING, rotation: { rotation: layer.rotation, offset: layer.offset } },
          ],
        ];
        for (const [alone, transform] of cases) {
          const got = await ratios(transformed(weights, transform));
          for (const [head, want] of expected(alone).entries()) expect(got[head]).toBeCloseTo(want, 9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps every element for Δ = 0, γ = 1 and gains of 1', () => {
    fc.assert(
      fc.property(made, ({ d, dh, q, k, rotation }) => {
        const weights = layerOf(q, k, d, dh);
        const same = transformed(weights, {
          inputGain: new Float64Array(d).fill(1),
          headGains: { q: [new Float64Array(dh).fill(1)], k: [new Float64Array(dh).fill(1)] },
          rotation: { rotation, offset: 0 },
        });
        for (const side of ['q', 'k'] as const)
          expect(same[side].map(decodeMatrix)).toEqual(weights[side].map(decodeMatrix));
      }),
    );
  });

  it('keeps r when queries and keys rotate by the same Δ', async () => {
    await fc.assert(
      fc.asyncProperty(made, async ({ d, dh, q, k, rotation, offset }) => {
        const weights = layerOf(q, k, d, dh);
        const turn = { ...NOTHING, rotation: { rotation, offset } };
        const turnedKeys = transformed(weights, turn);
        // Queries in the keys' place are turned as keys are.
        const turnedQueries = transformed({ ...weights, q: weights.q, k: weights.q }, turn).k;
        const [got, want] = [await ratios({ ...turnedKeys, q: turnedQueries }), await ratios(weights)];
        for (const [head, r] of want.entries()) expect(got[head]).toBeCloseTo(r!, 9);
      }),
      { numRuns: 40 },
    );
  });

  it('takes each head’s gain by its own position, even in a part of the layer', () => {
    const weights = layerOf(
      [
        [1, 1],
        [1, 1],
      ],
      [
        [1, 1],
        [1, 1],
      ],
      1,
      2,
    );
    const gains = [0, 1, 2, 3].map((head) => Float64Array.of(head, 10 * head));
    const [part] = [...applyConvention(weights, { ...NOTHING, headGains: { q: gains, k: gains } }, 2)];
    expect(part!.weights.q.map((view) => [...decodeMatrix(view)])).toEqual([
      [2, 20],
      [3, 30],
    ]);
    expect(part!.weights.k.map((view) => [...decodeMatrix(view)])).toEqual([
      [2, 20],
      [3, 30],
    ]);
  });

  it('splits large layers into parts of whole groups', () => {
    // One group takes 48 MB in float64: two at once.
    const [d, dh] = [1024, 2048];
    const zeros = (count: number) => Array.from({ length: count }, () => new Array<number>(0));
    const weights = layerOf(zeros(6), zeros(3), d, dh);
    const bytes = new Uint8Array(d * dh * 8);
    const filled = (views: LayerWeights['q']) => views.map((view) => ({ ...view, bytes }));
    const parts = [...applyConvention({ ...weights, q: filled(weights.q), k: filled(weights.k) }, NOTHING)];
    expect(parts.map(({ firstHead, weights: { q, k } }) => [firstHead, q.length, k.length])).toEqual([
      [0, 4, 2],
      [4, 2, 1],
    ]);
  });
});

describe('a convention in words', () => {
  it('is raw where nothing is chosen', () => {
    expect(conventionOf({ layerNorm: false, qkNorm: false, ropeOffset: 0 })).toBe(RAW_CONVENTION);
  });

  it('names all that is done', () => {
    expect(conventionOf({ layerNorm: true, qkNorm: true, ropeOffset: -8 }).text).toBe(
      'weights without bias, LayerNorm gain folded into Wq and Wk, QK-norm gain applied, RoPE at Δ = −8 (M = Wq R_Δ Wkᵀ, the key 8 positions before the query)',
    );
    expect(conventionOf({ layerNorm: false, qkNorm: false, ropeOffset: 1 }).text).toBe(
      'weights without bias, no LayerNorm, RoPE at Δ = 1 (M = Wq R_Δ Wkᵀ, the key 1 position after the query)',
    );
  });
});
