import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAgainstNull, type NullHead } from '../../../../src/core/metrics/randomInitialisation.ts';
import { gaussian } from '../../../support/random.ts';

/** s of a head by its definition on small blocks: tr(CC)/tr(AB), of a d × dh q and k. */
function scoreOf(q: Float64Array, k: Float64Array, d: number, dh: number): number {
  const product = (x: Float64Array, y: Float64Array) => {
    const out = new Float64Array(dh * dh);
    for (let i = 0; i < d; i++)
      for (let a = 0; a < dh; a++)
        for (let b = 0; b < dh; b++) out[a * dh + b]! += x[i * dh + a]! * y[i * dh + b]!;
    return out;
  };
  const [a, b, c] = [product(q, q), product(k, k), product(k, q)];
  let [cc, ab] = [0, 0];
  for (let i = 0; i < dh; i++)
    for (let j = 0; j < dh; j++) {
      cc += c[i * dh + j]! * c[j * dh + i]!;
      ab += a[i * dh + j]! * b[i * dh + j]!;
    }
  return cc / ab;
}

/** A randomly initialised model: `shared` query heads meet one key head. */
function untrained(random: () => number, shape: { d: number; dh: number; heads: number; shared?: number }) {
  const { d, dh, heads, shared = 1 } = shape;
  const matrix = () => Float64Array.from({ length: d * dh }, random);
  let key = matrix();
  return Array.from({ length: heads }, (_, head): NullHead => {
    if (head % shared === 0) key = matrix();
    return { s: scoreOf(matrix(), key, d, dh), dModel: d, dHead: dh };
  });
}

/** The same with latent attention: each head's Wq = Q U and Wk = [K V, R] of factors that all heads share. */
function untrainedLatent(random: () => number, { d, dh, heads }: { d: number; dh: number; heads: number }) {
  const [rank, rope] = [8, 2];
  const matrix = (rows: number, columns: number) => Float64Array.from({ length: rows * columns }, random);
  const times = (x: Float64Array, columns: number) => {
    const [factor, out] = [matrix(rank, columns), new Float64Array(d * columns)];
    for (let i = 0; i < d; i++)
      for (let m = 0; m < rank; m++)
        for (let c = 0; c < columns; c++)
          out[i * columns + c]! += x[i * rank + m]! * factor[m * columns + c]!;
    return out;
  };
  const [q, k, r] = [
    matrix(d, rank),
    matrix(d, rank),
    matrix(d, rope).map((value) => value * Math.sqrt(rank)),
  ];
  return Array.from({ length: heads }, (): NullHead => {
    const own = times(k, dh - rope);
    const key = Float64Array.from({ length: d * dh }, (_, at) => {
      const [i, c] = [Math.floor(at / dh), at % dh];
      return c < dh - rope ? own[i * (dh - rope) + c]! : r[i * rope + c - (dh - rope)]!;
    });
    return { s: scoreOf(times(q, dh), key, d, dh), dModel: d, dHead: dh };
  });
}

describe('checkAgainstNull', () => {
  const shapes = [
    { d: 16, dh: 1, heads: 64 },
    { d: 24, dh: 4, heads: 48 },
    { d: 24, dh: 4, heads: 48, shared: 4 },
    { d: 32, dh: 8, heads: 40 },
  ];
  it.each(shapes)('misses about one of a thousand randomly initialised models: %o', (shape) => {
    const random = gaussian(2_026 + shape.d + (shape.shared ?? 0));
    const trials = 500;
    let missed = 0;
    for (let trial = 0; trial < trials; trial++)
      if (checkAgainstNull(untrained(random, shape)).verdict === 'not-random') missed++;
    // Half a one expected; six would come of a thousandth once in a hundred thousand times.
    expect(missed).toBeLessThanOrEqual(5);
  });

  it('misses as few models of latent attention, whose heads share their factors', () => {
    const random = gaussian(5);
    let missed = 0;
    for (let trial = 0; trial < 300; trial++)
      if (checkAgainstNull(untrainedLatent(random, { d: 32, dh: 6, heads: 40 })).verdict === 'not-random')
        missed++;
    expect(missed).toBeLessThanOrEqual(4);
  });

  it('calls an untrained model of many heads random, and says how near', () => {
    const check = checkAgainstNull(untrained(gaussian(7), { d: 64, dh: 16, heads: 144 }));
    expect(check.verdict).toBe('random');
    expect(check.heads).toBe(144);
    expect(Math.abs(check.mean)).toBeLessThan(check.meanLimit);
    expect(check.spread).toBeCloseTo(1, 0);
  });

  it('computes mean and spread by their definitions', () => {
    const [d, z] = [100, [1, -2, 4]];
    const heads = z.map((value) => ({ s: (value * Math.SQRT2 + 1) / d, dModel: d, dHead: 10 }));
    const check = checkAgainstNull(heads);
    expect(check.mean).toBeCloseTo(1, 12);
    expect(check.spread).toBeCloseTo(Math.sqrt(7), 12);
  });

  it('is undecided for few heads', () => {
    const few = untrained(gaussian(3), { d: 64, dh: 16, heads: 8 });
    expect(checkAgainstNull(few).verdict).toBe('too-few');
    expect(checkAgainstNull([]).verdict).toBe('too-few');
  });

  it('calls a single head far from chance not random', () => {
    expect(checkAgainstNull([{ s: 0.4, dModel: 64, dHead: 16 }]).verdict).toBe('not-random');
  });

  it('distinguishes heads that spread twice as far, 99 times of 100, wherever it answers “random”', () => {
    const random = gaussian(11);
    const heads = (count: number) =>
      untrained(random, { d: 24, dh: 4, heads: count }).map((head) => ({
        ...head,
        s: 1 / head.dModel + 2 * (head.s - 1 / head.dModel),
      }));
    // The smallest number of heads that it answers for.
    let least = 1;
    while (checkAgainstNull(evenlySpread(least)).verdict !== 'random') least++;
    let fooled = 0;
    for (let trial = 0; trial < 500; trial++)
      if (checkAgainstNull(heads(least)).verdict === 'random') fooled++;
    expect(least).toBeGreaterThan(20);
    expect(fooled).toBeLessThanOrEqual(15);
  });

  it('doesn’t call random heads that spread less than chance does', () => {
    const none = Array.from({ length: 100 }, () => ({ s: 1 / 512, dModel: 512, dHead: 64 }));
    expect(checkAgainstNull(none).verdict).toBe('not-random');
  });

  /** z of ±1 in turn: the mean and spread of chance, without its luck. */
  function evenlySpread(count: number): NullHead[] {
    return Array.from({ length: count }, (_, i) => ({
      s: (1 + (i % 2 === 0 ? 1 : -1) * Math.SQRT2) / 24,
      dModel: 24,
      dHead: 4,
    }));
  }
});

describe('checkAgainstNull on weights that were trained', () => {
  const { runs, model } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
    model: { dModel: number };
    runs: { kind: string; seed: number; steps: { step: number; r: number[][] }[] }[];
  };
  const headsAt = (steps: { r: number[][] } | undefined): NullHead[] =>
    steps!.r.flat().map((r) => ({ s: 2 * r - 1, dModel: model.dModel, dHead: 32 }));

  it('calls the sample’s models together random before their first step', () => {
    const before = runs.map((run) => run.steps.find(({ step }) => step === 0));
    expect(checkAgainstNull(before.flatMap(headsAt)).verdict).toBe('random');
  });

  it('calls each of the sample’s models not random after its last step', () => {
    for (const run of runs) {
      expect(checkAgainstNull(headsAt(run.steps[0])).verdict).toBe('too-few');
      expect(checkAgainstNull(headsAt(run.steps.at(-1))).verdict).toBe('not-random');
    }
  });

  it('calls no oracle checkpoint random', () => {
    const folder = 'tests/fixtures/oracle';
    for (const name of readdirSync(folder)) {
      const { d, head_dim, stacks } = JSON.parse(
        readFileSync(join(folder, name, 'expected.json'), 'utf8'),
      ) as { d: number; head_dim: number; stacks: { layers: { r: (number | null)[] }[] }[] };
      for (const { layers } of stacks) {
        const heads = layers
          .flatMap(({ r }) => r)
          .flatMap((r) => (r === null ? [] : [{ s: 2 * r - 1, dModel: d, dHead: head_dim }]));
        expect(checkAgainstNull(heads).verdict, name).not.toBe('random');
      }
    }
  });
});
