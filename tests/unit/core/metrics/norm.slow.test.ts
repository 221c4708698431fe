import { describe, expect, it } from 'vitest';
import { headResult } from '../../../../src/core/analysis/headResult.ts';
import { planCalls } from '../../../../src/core/engines/calls.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { frobeniusNorm } from '../../../../src/core/metrics/norm.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { explicitM, normByDefinition } from '../../../support/explicitM.ts';
import { layerOf } from '../../../support/layerWeights.ts';
import { caseFiles, ORACLE_CASES } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const ENGINES = [
  { engine: createReferenceEngine(), tolerance: 1e-12 },
  { engine: await createWasmEngine({ threads: 1 }), tolerance: 2e-6 },
];

describe.each(ENGINES)('‖M‖_F of the oracle cases on $engine.id', ({ engine, tolerance }) => {
  it.each(ORACLE_CASES)('agrees with M formed in float64: %s', async (name) => {
    const layers = await readLayers(caseFiles(name));
    const { result } = lastOf(await analyseLocal(caseFiles(name), { engine }), 'done');
    const rows = result.stacks.flatMap((stack) => stack.layers.filter(({ skipped }) => !skipped));
    expect(rows).toHaveLength(layers.length);
    layers.forEach((weights, at) => {
      expect(rows[at]!.heads).toHaveLength(weights.q.length);
      rows[at]!.heads.forEach(({ head, norm, normReason }) => {
        const want = normByDefinition(explicitM(weights, [head]));
        expect(normReason).toBeUndefined();
        if (Number.isFinite(want)) expect(Math.abs(norm! - want)).toBeLessThanOrEqual(tolerance * want);
        else expect(norm).toBeUndefined();
      });
    });
  });
});

describe('‖M‖_F at the ends of the scale', () => {
  it('is 0 for a zero M, and absent for one with a NaN', async () => {
    const engine = createReferenceEngine();
    const layer = layerOf(
      [
        [0, 0],
        [1, Number.NaN],
      ],
      [
        [3, 4],
        [3, 4],
      ],
      2,
      1,
    );
    const handle = await engine.load([layer]);
    const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
    const [zero, broken] = scores.map((score) => headResult(score, { heads: 2, kvHeads: 2 }));
    expect(zero).toMatchObject({ r: null, norm: 0, reason: { code: 'zero' } });
    expect(broken).toMatchObject({ r: null, reason: { code: 'non-finite' } });
    expect(broken).not.toHaveProperty('norm');
  });

  it('is exact up to the largest doubles, and absent with a reason beyond', () => {
    expect(frobeniusNorm({ traceAB: 4, log2Scale: 1022 })).toBe(2 ** 1023);
    expect(frobeniusNorm({ traceAB: 4, log2Scale: 1023 })).toBeNull();
    expect(frobeniusNorm({ traceAB: 4, log2Scale: -1023 })).toBe(2 ** -1022);
    expect(frobeniusNorm({ traceAB: 4, log2Scale: -1024 })).toBeNull();
    const scores = { layer: 0, head: 0, traceCC: 1, traceAB: 4, log2Scale: 1100 };
    const result = headResult(scores, { heads: 1, kvHeads: 1 });
    expect(result.r).toBe(0.625);
    expect(result).not.toHaveProperty('norm');
    expect(result.normReason).toMatch(/no double/);
  });
});
