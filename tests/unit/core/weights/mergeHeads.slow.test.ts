import { describe, expect, it } from 'vitest';
import { layerSums } from '../../../../src/core/engines/layerProducts.ts';
import { layerProfile } from '../../../../src/core/engines/layerProfile.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { scaleNumber } from '../../../../src/core/linalg/powerOfTwoScale.ts';
import { mergeHeads } from '../../../../src/core/weights/mergeHeads.ts';
import { explicitM, normByDefinition } from '../../../support/explicitM.ts';
import { finish } from '../../../support/finish.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const reference = createReferenceEngine();

describe('a merged layer', () => {
  it.each(['bert-f32', 'llama-gqa-bf16', 'falcon-multiquery-f32', 'gpt_neox-f16', 'gpt2-f32'])(
    'has the same M, sums and norms in fewer and wider heads: %s',
    async (name) => {
      for (const weights of await readLayers(caseFiles(name))) {
        const { q, k, dModel } = weights;
        const heads = q.map((_, head) => head);
        const whole = explicitM(weights, heads);
        const size = normByDefinition(whole);
        for (const widest of [1, 2 * weights.dHead, 512]) {
          const merged = mergeHeads(weights, widest);
          expect(merged.q.length).toBe(merged.k.length);
          expect(merged.q.length * merged.dHead).toBe(k.length * weights.dHead);
          expect(merged.dHead).toBeLessThanOrEqual(Math.max(widest, weights.dHead));
          const m = explicitM(
            merged,
            merged.q.map((_, head) => head),
          );
          for (let i = 0; i < dModel; i++)
            for (let j = 0; j < dModel; j++)
              expect(Math.abs(m[i]![j]! - whole[i]![j]!)).toBeLessThanOrEqual(1e-12 * size);
        }
        const merged = mergeHeads(weights, 512);
        const [one, all] = [await reference.load([merged]), await reference.load([weights])];
        const [a, b] = [
          await finish(layerSums(reference, one, 0)),
          await finish(layerSums(reference, all, 0)),
        ];
        const back = (sums: typeof a) => scaleNumber(Math.sqrt(sums.traceAB), sums.log2Scale);
        expect(Math.abs(back(a) - back(b))).toBeLessThanOrEqual(1e-12 * size);
        expect(Math.abs(back(a) - size)).toBeLessThanOrEqual(1e-12 * size);
        // As one head; in tiles of M, the last one overlapping, and of one row.
        for (const widest of [512, dModel - 1, 7, 1]) {
          const profile = await finish(layerProfile(reference, weights, undefined, widest));
          const [rows, columns] = [profile.rowSquares, profile.colSquares].map((squares) =>
            Array.from(squares, (square) => scaleNumber(Math.sqrt(square), profile.log2Scale)),
          ) as [number[], number[]];
          for (let i = 0; i < dModel; i++) {
            expect(Math.abs(rows[i]! - Math.hypot(...whole[i]!))).toBeLessThanOrEqual(1e-9 * size);
            const column = Math.hypot(...whole.map((row) => row[i]!));
            expect(Math.abs(columns[i]! - column)).toBeLessThanOrEqual(1e-9 * size);
          }
        }
      }
    },
  );
});
