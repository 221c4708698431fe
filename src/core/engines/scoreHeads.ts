// Scores a layer's heads, in float64 where float32 isn't enough.
import type { LayerWeights } from '../weights/layerWeights.ts';
import { planCalls } from './calls.ts';
import type { Engine, HeadScores } from './engine.ts';
import { isUncertain, scoreInFloat64 } from './recompute.ts';

export interface ScoredHead {
  readonly score: HeadScores;
  /** True where it was computed in float64, in place of the engine's float32. */
  readonly isRecomputed: boolean;
}

/**
 * Scores the heads of one layer on an engine, and once more in float64 those that float32 can't give within 2e-6.
 * @param onScores called with finished heads while the rest are still being computed
 * @throws AbortError when cancelled, and what the engine throws
 */
export async function scoreHeads(
  engine: Engine,
  weights: LayerWeights,
  signal: AbortSignal,
  onScores: (scores: readonly HeadScores[]) => void,
): Promise<ScoredHead[]> {
  const isTrusted = (score: HeadScores) => !isUncertain(score, weights);
  const handle = await engine.load([weights], signal);
  try {
    const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), {
      signal,
      onScores: (some) => onScores(some.filter(isTrusted)),
    });
    const heads: ScoredHead[] = [];
    for (const score of scores)
      heads.push(
        isTrusted(score)
          ? { score, isRecomputed: false }
          : { score: await scoreInFloat64(weights, score.head, signal), isRecomputed: true },
      );
    return heads;
  } finally {
    handle.release();
  }
}
