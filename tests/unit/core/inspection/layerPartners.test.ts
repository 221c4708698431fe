import { describe, expect, it } from 'vitest';
import { allPairs } from '../../../../src/core/engines/index.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import type { Partners } from '../../../../src/core/inspection/layerPartners.ts';
import { layerPartners, partnersOfPairs } from '../../../../src/core/inspection/layerPartners.ts';
import type { LayerWeights } from '../../../../src/core/weights/layerWeights.ts';
import type { MatrixView } from '../../../../src/core/weights/matrixView.ts';
import { mulberry32 } from '../../../support/random.ts';

const reference = createReferenceEngine();
const { signal } = new AbortController();
const MIB = 2 ** 20;

/** Random weights of some heads, [d, dh] float64 each. */
function layerOf(heads: number, d: number, dh: number): LayerWeights {
  const next = mulberry32(17);
  const matrix = (): MatrixView => {
    const values = Float64Array.from({ length: d * dh }, () => next() - 0.5);
    const bytes = new Uint8Array(values.buffer);
    return { bytes, dtype: 'F64', offset: 0, rows: d, cols: dh, rowStride: dh, colStride: 1 };
  };
  const matrices = () => Array.from({ length: heads }, matrix);
  return { stack: 'self', layer: 0, dModel: d, dHead: dh, q: matrices(), k: matrices() };
}

/** The reference engine, with the largest number of bytes that one call's matrices took. */
function measuredEngine() {
  const seen = { maxBytes: 0, pairs: 0 };
  const engine: typeof reference = {
    ...reference,
    async moments(...args) {
      const moments = await reference.moments(...args);
      const bytes = moments.flatMap(({ a, b, c, cBack }) => [a, b, c, cBack].map((m) => m.byteLength));
      seen.maxBytes = Math.max(
        seen.maxBytes,
        bytes.reduce((sum, more) => sum + more, 0),
      );
      seen.pairs += moments.length;
      return moments;
    },
  };
  return { engine, seen };
}

/** ⟨M_g, M_hᵀ⟩ = Σᵢⱼ (M_g)ᵢⱼ (M_h)ⱼᵢ of M formed whole. */
function innerByDefinition({ q, k, dModel: d, dHead: dh }: LayerWeights, g: number, h: number): number {
  const [qg, kg, qh, kh] = [q[g]!, k[g]!, q[h]!, k[h]!].map(({ bytes }) => new Float64Array(bytes.buffer));
  const form = (a: Float64Array, b: Float64Array, i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < dh; c++) sum += a[i * dh + c]! * b[j * dh + c]!;
    return sum;
  };
  let inner = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) inner += form(qg!, kg!, i, j) * form(qh!, kh!, j, i);
  return inner;
}

describe('the pairs of a layer', () => {
  it('of a wide head are computed so few at a time that their matrices stay within 64 MiB', async () => {
    const weights = layerOf(3, 4, 1024);
    const { engine, seen } = measuredEngine();
    const partners = await layerPartners(engine, weights, 0, signal);
    expect(seen.pairs).toBe(6);
    expect(seen.maxBytes).toBe(64 * MIB);
    for (let g = 0; g < 3; g++)
      for (let h = 0; h < 3; h++) {
        const want = innerByDefinition(weights, g, h);
        expect(Math.abs(partners.inner[g * 3 + h]! - want)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(want)));
      }
  });

  it('of narrow heads are computed sixteen at a time', async () => {
    const weights = layerOf(8, 16, 4);
    const { engine, seen } = measuredEngine();
    const steps: (number | Partners)[] = [];
    for await (const step of partnersOfPairs(engine, weights, allPairs(8), signal)) steps.push(step);
    expect(steps.slice(0, -1)).toEqual([16 / 36, 32 / 36, 1]);
    expect(seen.maxBytes).toBe(16 * 4 * 4 ** 2 * 8);
  });
});
