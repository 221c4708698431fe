import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { METHODS, planCalls } from '../../../../src/core/engines/calls.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import type { OrtModule } from '../../../../src/core/engines/ort/ortSession.ts';
import { createOrtWasmEngine } from '../../../../src/core/engines/ort/ortWasmEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { symmetryRatio } from '../../../../src/core/metrics/symmetry.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { layerOf, ratioByDefinition } from '../../../support/layerWeights.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../../support/oracle.ts';

const ENGINES: readonly Engine[] = [
  await createOrtWasmEngine({ ort: ort as unknown as OrtModule, threads: 1 }),
  await createWasmEngine({ threads: 1 }),
];

describe.each(ENGINES)('$id in Node', (engine) => {
  it.each(ORACLE_CASES)('computes %s within 2e-6', async (name) => {
    const { result } = lastOf(await analyseLocal(caseFiles(name), { engine }), 'done');
    expectedOf(name).stacks[0]!.layers.forEach(({ r }, at) => {
      r.forEach((value, head) => {
        const got = result.stacks[0]!.layers[at]!.heads[head]!.r;
        if (value === null) expect(got).toBeNull();
        else expect(Math.abs(got! - value)).toBeLessThanOrEqual(2e-6);
      });
    });
  });

  it.each(METHODS)(
    'computes %s in tiles and batches wider than one tile, with grouped queries and two layers',
    async (method) => {
      const [d, dh] = [2100, 2];
      const random = (seed: number) =>
        Array.from({ length: d * dh }, (_, i) => Math.sin(i * (1.3 + seed)) + (seed + 1) * 0.1);
      const q = [0, 1, 2, 3].map(random);
      const k = [4, 5].map(random);
      const handle = await engine.load(
        [layerOf(q, k, d, dh, 0), layerOf(q.toReversed(), k, d, dh, 1)],
        undefined,
        { resident: true },
      );
      const { scores } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
      const want = [q, q.toReversed()].flatMap((heads) =>
        heads.map((head, at) => ratioByDefinition(head, k[Math.floor(at / 2)]!, d, dh)),
      );
      scores.map(symmetryRatio).forEach((r, at) => {
        expect(Math.abs(r! - want[at]!)).toBeLessThanOrEqual(2e-6);
      });
    },
  );
});
