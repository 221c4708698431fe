import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, PairMoments } from '../../src/core/engines/engine.ts';
import { layerSums, normProfile } from '../../src/core/engines/layerProducts.ts';
import { layerProfile } from '../../src/core/engines/layerProfile.ts';
import { symmetryRatio } from '../../src/core/metrics/symmetry.ts';
import { decodeMatrix } from '../../src/core/weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { finish } from '../support/finish.ts';
import { CASES } from './cases.ts';
import { WHOLE_ENGINES } from './engines.ts';

/** Odd shapes, every dtype and layout, extreme scales, shared keys. Those with a NaN come last. */
const SMALL = CASES.filter(
  ({ name, isLarge }) =>
    !isLarge &&
    /linear|conv1d|d 7, dh 3|wider|dh 576|grouped|no divisor|scale|subnormals|F64 beyond|1e30 times|zero/.test(
      name,
    ),
);
const BROKEN = CASES.filter(({ name }) => /NaN|infinity/.test(name));

/** M of the head as its scaled factors give it, or of all heads on the common scale 2^log2Scale; [d, d]. */
function explicitM({ q, k, dModel, dHead }: LayerWeights, heads: readonly number[], log2Scale: number) {
  const m = new Float64Array(dModel * dModel);
  for (const head of heads) {
    const [query, key] = [decodeMatrix(q[head]!), decodeMatrix(k[kvHeadOf(head, q.length, k.length)]!)];
    // Half of it on each factor: extreme weights stay within float64.
    const half = Math.trunc(log2Scale / 2);
    for (let i = 0; i < query.length; i++) {
      query[i] = query[i]! * 2 ** -half;
      key[i] = key[i]! * 2 ** (half - log2Scale);
    }
    for (let i = 0; i < dModel; i++)
      for (let j = 0; j < dModel; j++)
        for (let c = 0; c < dHead; c++) m[i * dModel + j]! += query[i * dHead + c]! * key[j * dHead + c]!;
  }
  return m;
}

function sumsOf(m: Float64Array, d: number) {
  let [cc, ab] = [0, 0];
  const [rows, columns] = [new Float64Array(d), new Float64Array(d)];
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      const here = m[i * d + j]!;
      cc += here * m[j * d + i]!;
      ab += here * here;
      rows[i]! += here * here;
      columns[j]! += here * here;
    }
  return { cc, ab, rows, columns };
}

function product(x: Float64Array, y: Float64Array, d: number, dh: number): Float64Array {
  const out = new Float64Array(dh * dh);
  for (let row = 0; row < d; row++)
    for (let i = 0; i < dh; i++)
      for (let j = 0; j < dh; j++) out[i * dh + j]! += x[row * dh + i]! * y[row * dh + j]!;
  return out;
}

const largest = (values: Float64Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

function expectClose(got: Float64Array, want: Float64Array, tolerance: number, what: string) {
  const scale = largest(want);
  expect(got.length, what).toBe(want.length);
  let worst = 0;
  for (let i = 0; i < want.length; i++)
    if (!(Math.abs(got[i]! - want[i]!) <= Math.abs(got[worst]! - want[worst]!))) worst = i;
  const error = Math.abs(got[worst]! - want[worst]!);
  expect(error, `${what} [${worst}]: ${got[worst]}, not ${want[worst]}`).toBeLessThanOrEqual(
    tolerance * scale,
  );
}

describe.each(WHOLE_ENGINES)('details on $name', ({ tolerance, detailCases = /./, create }) => {
  const own = ({ name }: { name: string }) => detailCases.test(name);
  let engine: Engine;
  beforeAll(async () => {
    engine = await create();
  });
  afterAll(() => engine?.close());

  test.each(SMALL.filter(own))('$name', async ({ make }) => {
    const { layers } = make();
    const handle = await engine.load(layers);
    for (const [at, weights] of layers.entries()) {
      const { q, dModel: d } = weights;
      const heads = q.map((_, head) => head);
      const pairs = [
        [0, 0],
        [0, q.length - 1],
      ] as const;
      const moments = await engine.moments(handle, at, pairs);
      for (const [index, [g, h]] of pairs.entries()) expectMoments(moments[index]!, weights, g, h, tolerance);

      const sums = await finish(layerSums(engine, handle, at));
      const whole = sumsOf(explicitM(weights, heads, sums.log2Scale), d);
      expect(Math.abs(sums.traceAB - whole.ab)).toBeLessThanOrEqual(tolerance * whole.ab);
      expect(Math.abs(sums.traceCC - whole.cc)).toBeLessThanOrEqual(tolerance * whole.ab);
      const ratio = whole.ab === 0 ? null : (1 + whole.cc / whole.ab) / 2;
      if (ratio === null) expect(symmetryRatio(sums)).toBeNull();
      else expect(Math.abs(symmetryRatio(sums)! - ratio)).toBeLessThanOrEqual(tolerance);

      const last = q.length - 1;
      const profiles = [
        [[last], await normProfile(engine, handle, at, weights, last)],
        [heads, await finish(layerProfile(engine, weights))],
        // In tiles of M.
        [heads, await finish(layerProfile(engine, weights, undefined, Math.max(1, Math.floor(d / 3))))],
      ] as const;
      for (const [some, profile] of profiles) {
        const expected = sumsOf(explicitM(weights, some, profile.log2Scale), d);
        expectClose(profile.rowSquares, expected.rows, tolerance, 'row norms');
        expectClose(profile.colSquares, expected.columns, tolerance, 'column norms');
      }
    }
    handle.release();
  });

  test.each(BROKEN.filter(own))('keeps the other heads beside a head with NaN: $name', async ({ make }) => {
    const { layers, expected } = make();
    const handle = await engine.load(layers);
    const heads = layers[0]!.q.map((_, head) => head);
    const moments = await engine.moments(
      handle,
      0,
      heads.map((head) => [head, head] as const),
    );
    expect(moments).toHaveLength(heads.length);
    for (const [head, { a, b, c }] of moments.entries()) {
      const isEmpty = [a, b, c].every((matrix) => matrix.every(Number.isNaN));
      expect(isEmpty, `head ${head}`).toBe(expected[head] === undefined);
    }
    expect(symmetryRatio(await finish(layerSums(engine, handle, 0)))).toBeNull();
    handle.release();
  });
});

function expectMoments(
  { a, b, c, cBack, exponents, log2Scale }: PairMoments,
  { q, k, dModel: d, dHead: dh }: LayerWeights,
  g: number,
  h: number,
  tolerance: number,
) {
  const scaled = (view: LayerWeights['q'][number], exponent: number) => {
    const half = Math.trunc(exponent / 2);
    return decodeMatrix(view).map((value) => value * 2 ** -half * 2 ** (half - exponent));
  };
  const keyOf = (head: number) => k[kvHeadOf(head, q.length, k.length)]!;
  const [qg, qh] = [scaled(q[g]!, exponents.q[0]), scaled(q[h]!, exponents.q[1])];
  const [kg, kh] = [scaled(keyOf(g), exponents.k[0]), scaled(keyOf(h), exponents.k[1])];
  expectClose(a, product(qg, qh, d, dh), tolerance, 'A');
  expectClose(b, product(kg, kh, d, dh), tolerance, 'B');
  expectClose(c, product(kg, qh, d, dh), tolerance, 'C');
  expectClose(cBack, product(kh, qg, d, dh), tolerance, 'C back');
  expect(log2Scale).toBe([...exponents.q, ...exponents.k].reduce((sum, one) => sum + one, 0));
}
