import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { layerSums } from '../../../../src/core/engines/layerProducts.ts';
import { layerProfile } from '../../../../src/core/engines/layerProfile.ts';
import type { OrtModule } from '../../../../src/core/engines/ort/ortSession.ts';
import { createOrtWasmEngine } from '../../../../src/core/engines/ort/ortWasmEngine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { symmetryRatio } from '../../../../src/core/metrics/symmetry.ts';
import { excessOf } from '../../../support/directionality.ts';
import { finish } from '../../../support/finish.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const ENGINES: readonly (readonly [Engine, tolerance: number])[] = [
  [createReferenceEngine(), 1e-9],
  [await createWasmEngine({ threads: 1 }), 2e-6],
  [await createOrtWasmEngine({ ort: ort as unknown as OrtModule, threads: 1 }), 2e-6],
];

/** The oracle knows whole layers too: r of the sum over heads, and the raw directionality, with its sign. */
describe.each(ENGINES.map(([engine, tolerance]) => ({ id: engine.id, engine, tolerance })))(
  'whole layers of the oracle on $id',
  ({ engine, tolerance }) => {
    test.each(ORACLE_CASES)('%s', async (name) => {
      const layers = await readLayers(caseFiles(name));
      for (const { name: stack, layers: expected } of expectedOf(name).stacks) {
        const own = layers.filter((layer) => layer.stack === stack);
        expect(own).toHaveLength(expected.length);
        for (const [at, { r_layer, directionality_raw_layer }] of expected.entries()) {
          const weights = own[at]!;
          const handle = await engine.load([weights]);
          const r = symmetryRatio(await finish(layerSums(engine, handle, 0)));
          handle.release();
          if (r_layer === null) expect(r).toBeNull();
          else expect(Math.abs(r! - r_layer)).toBeLessThanOrEqual(tolerance);
          if (directionality_raw_layer === null) continue;
          // As one head, and in tiles: some don't divide d.
          for (const widest of [Number.POSITIVE_INFINITY, 13]) {
            const { rowSquares, colSquares } = await finish(layerProfile(engine, weights, undefined, widest));
            const [row, column] = [rowSquares, colSquares].map((squares) =>
              excessOf([...squares].map(Math.sqrt)),
            ) as [number, number];
            // The oracle writes 0 where no norm is in excess.
            const value = row + column === 0 ? 0 : (column - row) / (column + row);
            // A difference of excesses over a threshold: a hundred times less exact than r.
            expect(Math.abs(value - directionality_raw_layer)).toBeLessThanOrEqual(
              Math.max(1e-6, 100 * tolerance),
            );
          }
        }
      }
    });
  },
);
