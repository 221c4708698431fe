import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eigenvalues } from '../../../../src/core/linalg/eigenvalues.ts';
import { addGram, dot } from '../../../../src/core/linalg/gram.ts';
import { runToCompletion } from '../../../../src/core/linalg/runToCompletion.ts';
import { singularValueSteps, singularValuesOfProduct } from '../../../../src/core/linalg/singularValues.ts';
import { gaussian } from '../../../support/random.ts';

const seeds = fc.integer({ min: 1, max: 1e9 });

function product(x: Float64Array, y: Float64Array, d: number, n: number): Float64Array {
  const out = new Float64Array(n * n);
  addGram(out, x, n, y, n, 0, d);
  return out;
}

function normalMatrix(count: number, seed: number, scale = 1): Float64Array {
  const normal = gaussian(seed);
  return Float64Array.from({ length: count }, () => scale * normal());
}

/** Orthonormal columns [d, n], by Gram and Schmidt. */
function orthonormal(d: number, n: number, seed: number): Float64Array {
  const normal = gaussian(seed);
  const out = new Float64Array(d * n);
  for (let c = 0; c < n; c++) {
    const v = Float64Array.from({ length: d }, normal);
    for (let pass = 0; pass < 2; pass++)
      for (let b = 0; b < c; b++) {
        let inner = 0;
        for (let i = 0; i < d; i++) inner += v[i]! * out[i * n + b]!;
        for (let i = 0; i < d; i++) v[i]! -= inner * out[i * n + b]!;
      }
    const length = Math.hypot(...v);
    for (let i = 0; i < d; i++) out[i * n + c] = v[i]! / length;
  }
  return out;
}

function traceOfSquare(x: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += x[i * n + j]! * x[j * n + i]!;
  return sum;
}

describe('eigenvalues of a real matrix', () => {
  it('sum to its trace and tr(CC), conjugate and ordered by modulus', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: -100, max: 100 }),
        (seed, n, exponent) => {
          const c = normalMatrix(n * n, seed, 2 ** exponent);
          const found = eigenvalues(c, n)!;
          expect(found).toHaveLength(n);
          const size = Math.sqrt(dot(c, c));
          const sum = found.reduce((total, { re }) => total + re, 0);
          const squares = found.reduce((total, { re, im }) => total + re * re - im * im, 0);
          let trace = 0;
          for (let i = 0; i < n; i++) trace += c[i * n + i]!;
          expect(Math.abs(sum - trace)).toBeLessThanOrEqual(1e-12 * n * size);
          expect(Math.abs(found.reduce((total, { im }) => total + im, 0))).toBeLessThanOrEqual(
            1e-12 * n * size,
          );
          expect(Math.abs(squares - traceOfSquare(c, n))).toBeLessThanOrEqual(1e-11 * n * size * size);
          const moduli = found.map(({ re, im }) => Math.hypot(re, im));
          expect(moduli).toEqual([...moduli].sort((x, y) => y - x));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('make C − λ singular', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 12 }), (seed, n) => {
        const c = normalMatrix(n * n, seed);
        const size = Math.sqrt(dot(c, c));
        const found = eigenvalues(c, n)!;
        expect(found).toHaveLength(n);
        for (const { re, im } of found) {
          // C − (re + i im) as a real matrix of twice the size.
          const real = new Float64Array(4 * n * n);
          for (let i = 0; i < n; i++)
            for (let j = 0; j < n; j++) {
              const value = c[i * n + j]! - (i === j ? re : 0);
              real[i * 2 * n + j] = value;
              real[(i + n) * 2 * n + j + n] = value;
              if (i !== j) continue;
              real[i * 2 * n + j + n] = im;
              real[(i + n) * 2 * n + j] = -im;
            }
          expect(runToCompletion(singularValueSteps(real, 2 * n, 2 * n)).at(-1)!).toBeLessThanOrEqual(
            1e-11 * size,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    {
      name: 'zero',
      rows: [
        [0, 0],
        [0, 0],
      ],
      want: [
        [0, 0],
        [0, 0],
      ],
    },
    {
      name: 'nilpotent',
      rows: [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
      want: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    },
    {
      name: 'a rotation',
      rows: [
        [0, -1],
        [1, 0],
      ],
      want: [
        [0, 1],
        [0, -1],
      ],
    },
    {
      name: 'a cyclic shift',
      rows: [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
      want: [
        [1, 0],
        [-0.5, Math.sqrt(0.75)],
        [-0.5, -Math.sqrt(0.75)],
      ],
    },
    { name: 'one', rows: [[-3]], want: [[-3, 0]] },
    {
      name: 'two equal',
      rows: [
        [2, 1],
        [0, 2],
      ],
      want: [
        [2, 0],
        [2, 0],
      ],
    },
    {
      name: 'one on which JAMA’s iteration never ends',
      rows: [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [0, 0, 0, 1, 0],
        [1, 1, 0, 0, 1],
        [1, 0, 1, 0, 1],
      ],
      want: null,
    },
  ])('$name', ({ rows, want }) => {
    const n = rows.length;
    const found = eigenvalues(Float64Array.from(rows.flat()), n)!;
    expect(found).toHaveLength(n);
    if (want === null) {
      expect(found.reduce((sum, { re }) => sum + re, 0)).toBeCloseTo(1, 10);
      return;
    }
    // By modulus; equal moduli by their real part, so that both lists have one order.
    const byPlace = (p: readonly number[], q: readonly number[]) => q[0]! - p[0]! || q[1]! - p[1]!;
    const got = found.map(({ re, im }) => [Number(re.toFixed(9)), Number(im.toFixed(9))]).sort(byPlace);
    [...want].sort(byPlace).forEach(([re, im], i) => {
      expect(got[i]![0]).toBeCloseTo(re!, 7);
      expect(got[i]![1]).toBeCloseTo(im!, 7);
    });
  });

  it('are found for matrices of few 0s and 1s, even defective ones', () => {
    const normal = gaussian(9);
    for (let run = 0; run < 3000; run++) {
      const n = 2 + (run % 6);
      const c = Float64Array.from({ length: n * n }, () => (normal() > 0.3 ? 1 : 0));
      const found = eigenvalues(c, n);
      expect(found, `${n}: ${c}`).not.toBeNull();
      let trace = 0;
      for (let i = 0; i < n; i++) trace += c[i * n + i]!;
      expect(found!.reduce((sum, { re }) => sum + re, 0)).toBeCloseTo(trace, 8);
    }
  });

  it('are null for a non-finite matrix', () => {
    expect(eigenvalues(Float64Array.of(1, Number.NaN, 0, 1), 2)).toBeNull();
  });
});

describe('singular values', () => {
  it('are those that a matrix was made with, even small ones', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 0, max: 20 }),
        (seed, n, more) => {
          const d = n + more;
          const sigma = Array.from({ length: n }, (_, i) => 3 * 10 ** (-6 * (i / n)));
          const [u, v] = [orthonormal(d, n, seed), orthonormal(n, n, seed + 1)];
          const m = new Float64Array(d * n);
          for (let i = 0; i < d; i++)
            for (let j = 0; j < n; j++)
              for (let k = 0; k < n; k++) m[i * n + j]! += u[i * n + k]! * sigma[k]! * v[j * n + k]!;
          for (const [i, value] of runToCompletion(singularValueSteps(m, d, n))
            .slice(0, n)
            .entries())
            expect(Math.abs(value - sigma[i]!)).toBeLessThanOrEqual(1e-13 * n * sigma[0]!);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are those that Wq Wkᵀ was made with, however its factors are mixed', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 16 }), (seed, n) => {
        const d = n + 7;
        const sigma = Array.from({ length: n }, (_, i) => 2 / (i + 1));
        const [u, v, mix] = [
          orthonormal(d, n, seed),
          orthonormal(d, n, seed + 1),
          orthonormal(n, n, seed + 2),
        ];
        // Wq = U Σ T and Wk = V T with a rotation T: M = U Σ Vᵀ.
        const [q, k] = [new Float64Array(d * n), new Float64Array(d * n)];
        for (let i = 0; i < d; i++)
          for (let j = 0; j < n; j++)
            for (let c = 0; c < n; c++) {
              q[i * n + j]! += u[i * n + c]! * sigma[c]! * mix[c * n + j]!;
              k[i * n + j]! += v[i * n + c]! * mix[c * n + j]!;
            }
        const found = runToCompletion(singularValuesOfProduct(product(q, q, d, n), product(k, k, d, n), n));
        for (const [i, value] of found.entries())
          expect(Math.abs(value - sigma[i]!)).toBeLessThanOrEqual(1e-12 * sigma[0]!);
      }),
      { numRuns: 60 },
    );
  });

  it('have squares that sum to Σ A∘B = ‖M‖², even where rank is lacking', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 48 }),
        fc.nat(3),
        (seed, n, d, lost) => {
          const [q, k] = [normalMatrix(d * n, seed), normalMatrix(d * n, seed + 1)];
          // Some columns repeat others.
          for (let i = 0; i < d; i++)
            for (let c = 1; c <= Math.min(lost, n - 1); c++) k[i * n + c] = k[i * n]!;
          const [a, b] = [product(q, q, d, n), product(k, k, d, n)];
          const found = runToCompletion(singularValuesOfProduct(a, b, n));
          const want = dot(a, b);
          expect(found).toHaveLength(n);
          expect(found.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(
            want,
            8 - Math.ceil(Math.log10(1 + want)),
          );
          const rank = Math.min(d, n, n - Math.min(lost, n - 1));
          expect(found.filter((value) => value > 1e-6 * found[0]!).length).toBeLessThanOrEqual(rank);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('are 0 for a zero matrix', () => {
    expect(runToCompletion(singularValuesOfProduct(new Float64Array(9), new Float64Array(9), 3))).toEqual([
      0, 0, 0,
    ]);
  });
});
