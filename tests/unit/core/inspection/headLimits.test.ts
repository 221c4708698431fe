import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import type { Yielder } from '../../../../src/core/engines/yielder.ts';
import { type HeadDetail, headDetail } from '../../../../src/core/inspection/headDetail.ts';
import { headSpectra } from '../../../../src/core/inspection/headSpectra.ts';
import { inspectModel } from '../../../../src/core/inspection/inspectedModel.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { conventionOf } from '../../../../src/core/weights/convention.ts';
import { madeFiles } from '../../../support/conventions.ts';
import { gaussian } from '../../../support/random.ts';

const reference = createReferenceEngine();
const { signal } = new AbortController();
const [D, DH, HEADS] = [64, 8, 12];

/** Untrained heads and a lognormal γ; `isFolded`: the γ multiplied into the weights that are stored. */
function filesOf(isFolded: boolean) {
  const random = gaussian(5);
  const gamma = Array.from({ length: D }, () => Math.exp(random()));
  const weight = () => ({
    shape: [HEADS * DH, D],
    values: Array.from({ length: HEADS * DH * D }, (_, at) => random() * (isFolded ? gamma[at % D]! : 1)),
  });
  return madeFiles(
    { model_type: 'llama', num_attention_heads: HEADS, rope_theta: 1e4 },
    {
      'model.layers.0.self_attn.q_proj.weight': weight(),
      'model.layers.0.self_attn.k_proj.weight': weight(),
      'model.layers.0.input_layernorm.weight': { shape: [D], values: gamma },
    },
  );
}

async function detailsOf(files: ReturnType<typeof filesOf>, layerNorm: boolean): Promise<HeadDetail[]> {
  const convention = conventionOf({ layerNorm, qkNorm: false, ropeOffset: 0 });
  const known = { sha: null, fingerprint: null };
  const model = await inspectModel(
    createLocalRepo(files),
    { convention, known },
    (bytes) => new Uint8Array(bytes),
    signal,
  );
  const details: HeadDetail[] = [];
  for (let head = 0; head < HEADS; head++) {
    const place = { stack: 'self', layer: 0, head };
    let last: HeadDetail | null = null;
    for await (const detail of headDetail(model, place, { engine: reference, reference }, signal))
      last = detail;
    details.push(last!);
  }
  return details;
}

describe('p of untrained heads', () => {
  it('is uniform for raw weights, and withheld under a folded gain', async () => {
    const ps = (details: readonly HeadDetail[]) => details.map(({ pValue }) => pValue!.p);
    const raw = ps(await detailsOf(filesOf(false), false));
    expect(raw.filter((p) => p < 0.01)).toEqual([]);
    expect(Math.max(...raw)).toBeGreaterThan(0.5);
    // The same numbers as weights: directions of large γ are preferred, and s lies far above 1/d.
    const wrong = ps(await detailsOf(filesOf(true), false));
    expect(wrong.filter((p) => p < 0.05).length).toBeGreaterThan(HEADS / 2);
    const folded = await detailsOf(filesOf(false), true);
    expect(folded).toHaveLength(HEADS);
    for (const { r, pValue, pReason, singularValues } of folded) {
      expect([typeof r, pValue, singularValues.length]).toEqual(['number', null, DH]);
      expect(pReason).toContain('LayerNorm gain folded in');
    }
  });
});

describe('spectra of a head', () => {
  const n = 40;
  const random = gaussian(3);
  const matrix = () => Float64Array.from({ length: n * n }, random);
  /** XᵀX. */
  const gram = (x: Float64Array) =>
    Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return Array.from({ length: n }, (_, c) => x[c * n + i]! * x[c * n + j]!).reduce((a, b) => a + b);
    });
  const products = { a: gram(matrix()), b: gram(matrix()), c: matrix() };
  /** Is due at each look, and is cancelled at the last of `maxLooks`. */
  function countingYielder(maxLooks: number): Yielder & { looks: number } {
    return {
      looks: 0,
      shouldYield: () => true,
      async yieldToEventLoop() {
        this.looks += 1;
        if (this.looks === maxLooks) throw new DOMException('Cancelled.', 'AbortError');
      },
    };
  }

  it('let messages in many times while they run, and end when cancelled', async () => {
    const yielder = countingYielder(Number.POSITIVE_INFINITY);
    const { eigenvalues, singularValues, eigenvaluesReason } = await headSpectra(products, n, yielder);
    expect([eigenvalues?.length, singularValues?.length, eigenvaluesReason]).toEqual([n, n, undefined]);
    // Householder columns, QR steps, rows of two factors, of their product and of each sweep.
    expect(yielder.looks).toBeGreaterThan(6 * n);
    for (const maxLooks of [1, n, 3 * n, yielder.looks]) {
      const cancelled = countingYielder(maxLooks);
      await expect(headSpectra(products, n, cancelled)).rejects.toMatchObject({ name: 'AbortError' });
      expect(cancelled.looks).toBe(maxLooks);
    }
  });

  it('aren’t computed for heads that are too wide, with a reason', async () => {
    const yielder = countingYielder(1);
    const found = await headSpectra(products, n, yielder, n - 1);
    expect(found).toMatchObject({ eigenvalues: null, singularValues: null });
    expect(found.eigenvaluesReason).toContain(`wider than ${n - 1} columns`);
    expect(found.singularValuesReason).toBe(found.eigenvaluesReason);
    expect(yielder.looks).toBe(0);
  });

  it('have a reason where the iteration doesn’t converge', async () => {
    const c = products.c.slice().fill(Number.NaN, 0, 1);
    const without = await headSpectra({ ...products, c }, n, countingYielder(Number.POSITIVE_INFINITY));
    expect(without.eigenvalues).toBeNull();
    expect(without.eigenvaluesReason).toContain('converge');
    expect(without.singularValues).toHaveLength(n);
  });
});
