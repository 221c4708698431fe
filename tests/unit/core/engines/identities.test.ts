import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METHODS, type Method, planCalls } from '../../../../src/core/engines/calls.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { symmetryRatio } from '../../../../src/core/metrics/symmetry.ts';
import { layerOf, ratioByDefinition } from '../../../support/layerWeights.ts';

const engine = createReferenceEngine();

async function ratios(q: number[][], k: number[][], d: number, dh: number, method: Method = 'trace-heads') {
  const handle = await engine.load([layerOf(q, k, d, dh)]);
  const { scores, launches } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
  return { r: scores.map(symmetryRatio), launches };
}

/** d, dh and one head's Wq and Wk, not zero. */
const head = fc
  .record({ d: fc.integer({ min: 1, max: 9 }), dh: fc.integer({ min: 1, max: 5 }) })
  .chain(({ d, dh }) => {
    const values = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), {
      minLength: d * dh,
      maxLength: d * dh,
    });
    return fc.record({ d: fc.constant(d), dh: fc.constant(dh), q: values, k: values });
  })
  .filter(({ q, k, d, dh }) => {
    const norm = ratioByDefinition(q, k, d, dh);
    return Number.isFinite(norm) && q.some((x) => Math.abs(x) > 1e-3) && k.some((x) => Math.abs(x) > 1e-3);
  });

/** M can cancel to rounding noise; identities are asked of well-conditioned heads. */
const wellConditioned = head.filter(({ q, k, d, dh }) => {
  let normM = 0;
  const square = (x: readonly number[]) => x.reduce((sum, v) => sum + v * v, 0);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let m = 0;
      for (let c = 0; c < dh; c++) m += q[i * dh + c]! * k[j * dh + c]!;
      normM += m * m;
    }
  return normM > 1e-6 * square(q) * square(k);
});

describe('identities of the symmetry ratio, float64', () => {
  it('follow the definition by every method', async () => {
    await fc.assert(
      fc.asyncProperty(wellConditioned, async ({ d, dh, q, k }) => {
        const want = ratioByDefinition(q, k, d, dh);
        for (const method of METHODS) {
          const { r } = await ratios([q], [k], d, dh, method);
          expect(Math.abs(r[0]! - want)).toBeLessThanOrEqual(1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keep r when Wq is scaled or exchanged with Wk', async () => {
    await fc.assert(
      fc.asyncProperty(
        wellConditioned,
        fc.integer({ min: -600, max: 600 }),
        async ({ d, dh, q, k }, exponent) => {
          const [want] = (await ratios([q], [k], d, dh)).r;
          const [scaled] = (await ratios([q.map((x) => x * 2 ** exponent)], [k], d, dh)).r;
          const [swapped] = (await ratios([k], [q], d, dh)).r;
          expect(Math.abs(scaled! - want!)).toBeLessThanOrEqual(1e-9);
          expect(Math.abs(swapped! - want!)).toBeLessThanOrEqual(1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  const [d, dh] = [4, 2];
  const q = [1, 2, -3, 0.5, 0.25, 1, 2, -1];

  it('keep r under a common rotation of the input', async () => {
    const k = [0.5, -1, 1, 2, 0, 3, -2, 1];
    const rotate = (x: number[]) => {
      const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
      return x.map((_, at) => {
        const [i, j] = [Math.floor(at / dh), at % dh];
        const partner = i ^ 1;
        return i % 2 === 0
          ? c * x[i * dh + j]! - s * x[partner * dh + j]!
          : s * x[partner * dh + j]! + c * x[i * dh + j]!;
      });
    };
    const [want] = (await ratios([q], [k], d, dh)).r;
    expect((await ratios([rotate(q)], [rotate(k)], d, dh)).r[0]).toBeCloseTo(want!, 12);
  });

  it('give 1 for Wk = Wq, and 0 for Wk = Wq rotated by 90° in each plane', async () => {
    expect((await ratios([q], [q], d, dh)).r[0]).toBe(1);
    const turned = q.map((_, at) => (at % 2 === 0 ? -q[at + 1]! : q[at - 1]!));
    expect((await ratios([q], [turned], d, dh)).r[0]).toBeCloseTo(0, 12);
  });

  it('keep one undefined head from affecting the others', async () => {
    const fine = [1, 2, 3, 4];
    const { r } = await ratios([fine, fine, fine], [[0, 0, 0, 0], [1, Number.NaN, 1, 1], fine], 2, 2);
    expect(r).toEqual([null, null, 1]);
  });

  it('pair heads 0–3 with key heads 0, 0, 1, 1 for grouped queries', async () => {
    const q = [
      [1, 0, 0, 1],
      [2, 1, 0, 1],
      [1, 1, 0, 2],
      [0, 1, 3, 1],
    ];
    const k = [
      [1, 2, 0, 1],
      [0, 1, 1, 1],
    ];
    const { r } = await ratios(q, k, 2, 2);
    r.forEach((value, at) => {
      expect(value).toBeCloseTo(ratioByDefinition(q[at]!, k[Math.floor(at / 2)]!, 2, 2), 12);
    });
  });

  it.each([
    ['norm', 6],
    ['trace', 6],
    ['trace-loop', 6],
    ['trace-heads', 2],
    ['trace-full', 1],
  ] as const)('make %s over 2 layers × 3 heads enter the engine %i times', async (method, times) => {
    const heads = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const handle = await engine.load([layerOf(heads, heads, 2, 1, 0), layerOf(heads, heads, 2, 1, 1)]);
    const calls = planCalls(method, { kind: 'all' }, handle);
    const { launches, scores } = await engine.run(handle, calls);
    expect([calls.length, launches, scores.length]).toEqual([times, times, 6]);
    expect(scores.map(({ layer, head: at }) => `L${layer}H${at}`)).toEqual([
      'L0H0',
      'L0H1',
      'L0H2',
      'L1H0',
      'L1H1',
      'L1H2',
    ]);
  });

  it('keep a large layer’s values when it is decoded head by head', async () => {
    const [d, dh, heads] = [1024, 128, 40];
    const values = Array.from({ length: d * dh }, (_, i) => Math.sin(i * 1.7) + Math.cos(i * i));
    const layer = layerOf([values], [values.map((x, i) => x + Math.sin(i))], d, dh);
    const wide = {
      ...layer,
      q: Array.from({ length: heads }, () => layer.q[0]!),
      k: Array.from({ length: heads }, () => layer.k[0]!),
    };
    const small = await engine.load([layer]);
    const large = await engine.load([wide]);
    const call = [{ kernel: 'trace', layerIndex: 0, head: 0 }] as const;
    expect((await engine.run(large, call)).scores[0]!.traceAB).toBe(
      (await engine.run(small, call)).scores[0]!.traceAB,
    );
  });
});
