import { describe, expect, it } from 'vitest';
import { passBytes, passFlops } from '../../../../src/core/benchmark/flops.ts';
import { describeSynthetic, syntheticLayers } from '../../../../src/core/benchmark/synthetic.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';

/** Counts while it loops: one for each multiplication and each addition of a dot product of length n. */
function counter() {
  let count = 0;
  return {
    dot: (n: number) => {
      for (let i = 0; i < n; i++) count += 2;
    },
    one: (n = 1) => {
      count += n;
    },
    get count() {
      return count;
    },
  };
}

function normByLoops(d: number, dh: number): number {
  const c = counter();
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      c.dot(dh); // M[i, j]
      c.one(); // M[i, j] + M[j, i]
      c.one(2); // its square, added to ‖M + Mᵀ‖²
      c.one(2); // the square of M[i, j], added to ‖M‖²
    }
  }
  return c.count;
}

function gramByLoops(d: number, dh: number): number {
  const c = counter();
  for (let i = 0; i < dh; i++) for (let j = 0; j <= i; j++) c.dot(d);
  return c.count;
}

function crossAndSumsByLoops(d: number, dh: number): number {
  const c = counter();
  for (let i = 0; i < dh; i++) {
    for (let j = 0; j < dh; j++) {
      c.dot(d); // C[i, j]
      c.one(2); // C[i, j] C[j, i], added
      c.one(2); // A[i, j] B[i, j], added
    }
  }
  return c.count;
}

describe('the FLOPs by formula', () => {
  it.each([
    { layers: 1, heads: 1, kvHeads: 1, dModel: 7, dHead: 3 },
    { layers: 3, heads: 4, kvHeads: 4, dModel: 16, dHead: 4 },
    { layers: 2, heads: 6, kvHeads: 2, dModel: 12, dHead: 5 },
  ])('equal counted loops: %o', (shape) => {
    const { layers, heads, kvHeads, dModel: d, dHead: dh } = shape;
    const one = 2 * gramByLoops(d, dh) + crossAndSumsByLoops(d, dh);
    const all = layers * heads;
    expect(passFlops('norm', 'head', shape)).toBe(normByLoops(d, dh));
    expect(passFlops('norm', 'all', shape)).toBe(all * normByLoops(d, dh));
    expect(passFlops('trace', 'head', shape)).toBe(one);
    expect(passFlops('trace-loop', 'all', shape)).toBe(all * one);
    const batched =
      all * (gramByLoops(d, dh) + crossAndSumsByLoops(d, dh)) + layers * kvHeads * gramByLoops(d, dh);
    expect(passFlops('trace-heads', 'all', shape)).toBe(batched);
    expect(passFlops('trace-full', 'all', shape)).toBe(batched);
  });

  it('agree with known sizes: BERT-large 6.5 and 53.5 GFLOP, Llama-2-7b 4484 by norm', () => {
    const bert = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
    const llama = { layers: 32, heads: 32, kvHeads: 32, dModel: 4096, dHead: 128 };
    expect(passFlops('trace-full', 'all', bert) / 1e9).toBeCloseTo(6.5, 1);
    expect(passFlops('norm', 'all', bert) / 1e9).toBeCloseTo(53.55, 1);
    expect(passFlops('norm', 'all', llama) / 1e9).toBeCloseTo(4484, 0);
  });
});

describe('the bytes by formula', () => {
  const shape = { layers: 2, heads: 4, kvHeads: 2, dModel: 16, dHead: 4 };
  const layers = syntheticLayers(shape, 1);
  const matrix = 16 * 4 * 4;

  it.each([
    ['norm', 'head', 2],
    ['trace', 'head', 2],
    ['trace-loop', 'all', 16],
    ['trace-heads', 'all', 12],
    ['trace-full', 'all', 12],
  ] as const)('count %s over %s as reading %i matrices', (method, scope, matrices) => {
    expect(passBytes(method, scope, layers, 1)).toBe(matrices * matrix);
  });

  it('count in the stored dtype', () => {
    const half = layers.map((layer) => ({
      ...layer,
      k: layer.k.map((k) => ({ ...k, dtype: 'BF16' as const })),
    }));
    expect(passBytes('trace', 'head', half, 0)).toBe(1.5 * matrix);
  });
});

describe('syntheticLayers', () => {
  it('are the same for the same seed, of the shape, and about N(0, 1/d) in scale', () => {
    const shape = { layers: 2, heads: 4, kvHeads: 2, dModel: 64, dHead: 16 };
    const [a, b, other] = [syntheticLayers(shape, 5), syntheticLayers(shape, 5), syntheticLayers(shape, 6)];
    expect(a[1]!.q[3]!.bytes).toEqual(b[1]!.q[3]!.bytes);
    expect(a[1]!.q[3]!.bytes).not.toEqual(other[1]!.q[3]!.bytes);
    expect(a[0]!.q[0]!.bytes).not.toEqual(a[1]!.q[0]!.bytes);
    expect(syntheticLayers(shape, 5, 1)[0]!.k[1]).toEqual(a[0]!.k[1]);
    const values = new Float32Array(a[0]!.q[0]!.bytes.buffer);
    expect(values).toHaveLength(4 * 16 * 64);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(variance * 64).toBeCloseTo(1, 1);
  });

  it.each([
    ['F16', 2 ** -11],
    ['BF16', 2 ** -8],
  ] as const)('have as %s the values of F32, rounded', (dtype, rounding) => {
    const shape = { layers: 1, heads: 4, kvHeads: 2, dModel: 64, dHead: 16 };
    const [whole, rounded] = [syntheticLayers(shape, 5), syntheticLayers(shape, 5, 1, dtype)];
    for (const [of, heads] of [
      ['q', 4],
      ['k', 2],
    ] as const) {
      for (let head = 0; head < heads; head++) {
        const [a, b] = [decodeMatrix(whole[0]![of][head]!), decodeMatrix(rounded[0]![of][head]!)];
        expect(b).not.toEqual(a);
        // Below 2^-14 the steps of F16 are as wide as there.
        const far = a.filter(
          (value, i) => Math.abs(b[i]! - value) > rounding * Math.max(2 ** -14, Math.abs(value)),
        );
        expect(far).toHaveLength(0);
      }
    }
    expect(rounded[0]!.q[0]!.bytes.byteLength).toBe(whole[0]!.q[0]!.bytes.byteLength / 2);
    expect(describeSynthetic(shape, dtype)).toBe(`${describeSynthetic(shape)}, ${dtype}`);
  });
});
