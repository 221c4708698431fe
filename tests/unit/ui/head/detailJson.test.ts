import { expect, it } from 'vitest';
import type { HeadDetail } from '../../../../src/core/inspection/headDetail.ts';
import { conventionOf } from '../../../../src/core/weights/convention.ts';
import { detailJson } from '../../../../src/ui/head/detailJson.ts';

it('the copied detail has every number whole, matrices as lists, and null for what is undefined', () => {
  const detail: HeadDetail = {
    stack: 'self',
    layer: 5,
    head: 1,
    kvHead: 0,
    dModel: 4,
    dHead: 1,
    norm: 1 / 3,
    traceM: -0.1,
    r: 0.1 + 0.2,
    s: null,
    eigenvalues: [{ re: -0.1, im: 0 }],
    singularValues: [1 / 3],
    effectiveRank: 1,
    stableRank: 1,
    energy: { symmetric: 2 / 3, antisymmetric: 1 / 3 },
    moments: {
      a: Float64Array.of(1 / 7),
      b: Float64Array.of(Math.PI),
      c: Float64Array.of(-0.1),
      log2Scale: { a: -2, b: 0, c: -1 },
    },
    rope: { kind: 'curve', deltas: [0], r: [0.1 + 0.2], applied: 0 },
    pValue: { p: 1 / 5000, draws: 4999, atLeast: 0 },
    directionality: 0.25,
    partners: {
      heads: 2,
      inner: Float64Array.of(1, 2, 2, Number.NaN),
      normalised: Float64Array.of(0.5, Number.NaN, Number.NaN, Number.NaN),
      isWhole: true,
    },
    tensors: [{ name: 'q', dtype: 'F32', source: 'model.safetensors', begin: 8, end: 24 }],
    convention: conventionOf({ layerNorm: false, qkNorm: false, ropeOffset: -3 }),
    engine: 'wasm',
  };
  const back = JSON.parse(JSON.stringify(detailJson('owner/model', detail)));
  expect(back).toMatchObject({
    model: 'owner/model',
    norm: 1 / 3,
    r: 0.1 + 0.2,
    s: null,
    moments: { a: [1 / 7], b: [Math.PI], c: [-0.1], log2Scale: { a: -2, b: 0, c: -1 } },
    partners: { inner: [1, 2, 2, null], normalised: [0.5, null, null, null] },
    tensors: [{ begin: 8, end: 24 }],
    rope: { deltas: [0], r: [0.1 + 0.2] },
    convention: { name: 'custom', ropeOffset: -3 },
  });
});
