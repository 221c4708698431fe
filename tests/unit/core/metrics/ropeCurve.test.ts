import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rotation } from '../../../../src/core/linalg/rotation.ts';
import { ropeCurve } from '../../../../src/core/metrics/ropeCurve.ts';
import { multiply, ratioOf, rotationMatrix, rowsOf, transpose } from '../../../support/explicitForm.ts';
import { gaussian } from '../../../support/random.ts';

const made = fc
  .record({
    seed: fc.integer(),
    d: fc.integer({ min: 3, max: 9 }),
    half: fc.integer({ min: 1, max: 3 }),
    unturned: fc.integer({ min: 0, max: 2 }),
    pairing: fc.constantFrom('half' as const, 'interleaved' as const),
    scales: fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 })),
  })
  .map(({ seed, d, half, unturned, pairing, scales }) => {
    const normal = gaussian(seed);
    const dh = 2 * half + unturned;
    const matrix = () => rowsOf(Array.from({ length: d * dh }, normal), dh);
    const frequencies = Array.from({ length: half }, (_, i) => 50 ** (-i / half));
    const rotation: Rotation = { pairing, dims: 2 * half, frequencies };
    const pairs = Array.from({ length: half }, (_, i): [number, number] =>
      pairing === 'half' ? [i, i + half] : [2 * i, 2 * i + 1],
    );
    const turned = (offset: number) => rotationMatrix(dh, pairs, frequencies, offset);
    return { dh, q: matrix(), k: matrix(), rotation, turned, scales };
  });

const DELTAS = [-300, -17, -1, 0, 1, 2, 64, 511];

/** Products of weights that were scaled by 2^−e, as engines give them. */
function products(q: number[][], k: number[][], [eq, ek]: readonly [number, number]) {
  const of = (x: number[][], y: number[][], e: number) =>
    Float64Array.from(multiply(transpose(x), y).flat(), (value) => value * 2 ** -e);
  return {
    a: of(q, q, 2 * eq),
    b: of(k, k, 2 * ek),
    c: of(k, q, eq + ek),
    log2Scale: { a: 2 * eq, b: 2 * ek, c: eq + ek },
  };
}

describe('the curve of r over Δ', () => {
  it('is r of Wq R_Δ Wkᵀ written out, at any scale', () => {
    fc.assert(
      fc.property(made, ({ dh, q, k, rotation, turned, scales }) => {
        const got = ropeCurve(products(q, k, scales), dh, rotation, DELTAS);
        for (const [at, delta] of DELTAS.entries())
          expect(got[at]).toBeCloseTo(ratioOf(multiply(multiply(q, turned(delta)), transpose(k))), 9);
      }),
    );
  });

  it('continues from the rotation of keys that are rotated already', () => {
    fc.assert(
      fc.property(made, ({ dh, q, k, rotation, turned, scales }) => {
        const turnedKeys = multiply(k, transpose(turned(-9)));
        const got = ropeCurve(products(q, turnedKeys, scales), dh, rotation, DELTAS, -9);
        for (const [at, delta] of DELTAS.entries())
          expect(got[at]).toBeCloseTo(ratioOf(multiply(multiply(q, turned(delta)), transpose(k))), 9);
      }),
    );
  });

  it('is even where Wq = Wk, and flat where nothing rotates', () => {
    fc.assert(
      fc.property(made, ({ dh, q, k, rotation, scales }) => {
        const even = ropeCurve(products(q, q, scales), dh, rotation, [5, -5]);
        expect(even[0]).toBeCloseTo(even[1]!, 9);
        const flat = ropeCurve(products(q, k, scales), dh, { ...rotation, dims: 0, frequencies: [] }, DELTAS);
        for (const r of flat) expect(r).toBe(flat[0]);
      }),
    );
  });

  it('is undefined where M is zero', () => {
    const zero = new Float64Array(4);
    const curve = ropeCurve(
      { a: zero, b: zero, c: zero, log2Scale: { a: 0, b: 0, c: 0 } },
      2,
      { pairing: 'half', dims: 2, frequencies: [1] },
      [0, 1],
    );
    expect(curve).toEqual([null, null]);
  });
});
