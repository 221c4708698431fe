import { describe, expect, it } from 'vitest';
import type { Engine, HeadScores } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { selfTest } from '../../../../src/core/engines/selfTest.ts';

/** The reference engine, with its answers changed. */
function wrongly(change: (score: HeadScores) => HeadScores): Engine {
  const engine = createReferenceEngine();
  return {
    ...engine,
    run: async (...args) => {
      const result = await engine.run(...args);
      return { ...result, scores: result.scores.map(change) };
    },
  };
}

describe('the self-test of an engine', () => {
  it('passes for right results', async () => {
    await expect(selfTest(createReferenceEngine())).resolves.toBeUndefined();
  });

  it.each([
    [
      'a sum that is off by a little',
      (score: HeadScores) => ({ ...score, traceCC: score.traceCC + 1e-3 * score.traceAB }),
    ],
    ['the opposite sign', (score: HeadScores) => ({ ...score, traceCC: -score.traceCC })],
    ['heads in another order', (score: HeadScores) => ({ ...score, head: 3 - score.head })],
    ['nothing but NaN', (score: HeadScores) => ({ ...score, traceCC: Number.NaN, traceAB: Number.NaN })],
    ['a value for a head that has none', (score: HeadScores) => ({ ...score, traceAB: score.traceAB || 1 })],
  ])('finds %s, and names the engine', async (_, change) => {
    await expect(selfTest(wrongly(change))).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('reference engine computes wrongly'),
    });
  });
});
