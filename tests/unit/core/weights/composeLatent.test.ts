import { describe, expect, it } from 'vitest';
import type { LatentFactors, LayerLayout } from '../../../../src/core/architectures/layout.ts';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { Weight } from '../../../../src/core/quantisation/weight.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import { planLayer } from '../../../../src/core/weights/layerPlan.ts';
import { readLayer } from '../../../../src/core/weights/readLayer.ts';
import { viewWholeLayer } from '../../../../src/core/weights/viewLayer.ts';
import { NO_FOLDS } from '../../../support/noFolds.ts';
import { mulberry32 } from '../../../support/random.ts';

const random = mulberry32(7);

function matrix(...shape: number[]) {
  return Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5);
}

function stored(name: string, values: Float64Array, shape: readonly number[]): Weight {
  const source = createBlobSource(name, new Blob([values as Float64Array<ArrayBuffer>]));
  const entry = { name, dtype: 'F64' as const, shape, source, begin: 0, end: 8 * values.length };
  return { name, shape, dtype: 'F64', isQuantised: false, parts: [entry] };
}

const [d, heads, nope, rope, v, qRank, kvRank] = [11, 3, 4, 2, 5, 7, 6];
const dh = nope + rope;
const values = {
  qA: matrix(qRank, d),
  qNorm: matrix(qRank),
  qB: matrix(heads * dh, qRank),
  kvA: matrix(kvRank + rope, d),
  kvNorm: matrix(kvRank),
  kvB: matrix(heads * (nope + v), kvRank),
};

/** Element (row, i) of head h's key projection by the definition: the latent's part, then the shared rotary key. */
function keyElement(h: number, row: number, i: number): number {
  if (row >= nope) return values.kvA[(kvRank + row - nope) * d + i]!;
  let sum = 0;
  for (let c = 0; c < kvRank; c++)
    sum += values.kvB[(h * (nope + v) + row) * kvRank + c]! * values.kvNorm[c]! * values.kvA[c * d + i]!;
  return sum;
}

function queryElement(h: number, row: number, i: number): number {
  let sum = 0;
  for (let c = 0; c < qRank; c++)
    sum += values.qB[(h * dh + row) * qRank + c]! * values.qNorm[c]! * values.qA[c * d + i]!;
  return sum;
}

async function compose(factors: LatentFactors) {
  const layout: LayerLayout = {
    layer: 0,
    heads,
    kvHeads: heads,
    dModel: d,
    dHead: dh,
    source: factors,
    headsFrom: 'config.json',
    folds: NO_FOLDS,
  };
  const plan = planLayer(layout);
  const buffer = new Uint8Array(plan.bufferBytes);
  await readLayer(plan, buffer, {});
  return viewWholeLayer(plan, 'self', buffer);
}

const kv = {
  a: stored('kv_a', values.kvA, [kvRank + rope, d]),
  norm: stored('kv_norm', values.kvNorm, [kvRank]),
  b: stored('kv_b', values.kvB, [heads * (nope + v), kvRank]),
};
const sizes = { kind: 'latent', kvRank, nope, rope, kvRowsPerHead: nope + v } as const;

describe('multi-head latent attention', () => {
  it('composes the effective Wq and Wk with the gains between the factors', async () => {
    const { q, k } = await compose({
      ...sizes,
      q: {
        a: stored('q_a', values.qA, [qRank, d]),
        norm: stored('q_norm', values.qNorm, [qRank]),
        b: stored('q_b', values.qB, [heads * dh, qRank]),
      },
      kv,
    });
    expect([q.length, k.length]).toEqual([heads, heads]);
    for (let h = 0; h < heads; h++) {
      const [wq, wk] = [decodeMatrix(q[h]!), decodeMatrix(k[h]!)];
      for (let i = 0; i < d; i++)
        for (let row = 0; row < dh; row++) {
          expect(wq[i * dh + row]).toBeCloseTo(queryElement(h, row, i), 6);
          expect(wk[i * dh + row]).toBeCloseTo(keyElement(h, row, i), 6);
        }
    }
  });

  it('reads uncompressed queries, and keys stored by head and transposed', async () => {
    const direct = matrix(heads * dh, d);
    // [heads, kvRank, nope]: each head's key rows of kv_b, transposed.
    const byHead = new Float64Array(heads * kvRank * nope);
    for (let h = 0; h < heads; h++)
      for (let c = 0; c < kvRank; c++)
        for (let row = 0; row < nope; row++)
          byHead[(h * kvRank + c) * nope + row] = values.kvB[(h * (nope + v) + row) * kvRank + c]!;
    const { q, k } = await compose({
      ...sizes,
      kvRowsPerHead: null,
      q: stored('q', direct, [heads * dh, d]),
      kv: { ...kv, b: stored('k_b', byHead, [heads, kvRank, nope]) },
    });
    for (let h = 0; h < heads; h++) {
      const [wq, wk] = [decodeMatrix(q[h]!), decodeMatrix(k[h]!)];
      for (let i = 0; i < d; i++)
        for (let row = 0; row < dh; row++) {
          expect(wq[i * dh + row]).toBeCloseTo(direct[(h * dh + row) * d + i]!, 6);
          expect(wk[i * dh + row]).toBeCloseTo(keyElement(h, row, i), 6);
        }
    }
  });
});
