// Scores one layer.
import { type Engine, type HeadScores, scoreHeads } from '../engines/index.ts';
import { isAbort, QKError } from '../errors.ts';
import type { HeadResult } from '../result/index.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import { headResult } from './headResult.ts';
import type { PlannedLayer } from './plan.ts';

/**
 * Scores a layer's heads; those that float32 can't give within 2e-6 are computed again in float64. An engine's
 * failure is an answer, since another engine may do it. Cancellation is thrown.
 * @param onHeads called with heads that are scored while others aren't yet
 */
export async function scoreLayer(
  engine: Engine,
  { stack, plan }: PlannedLayer,
  buffer: Uint8Array,
  signal: AbortSignal,
  onHeads: (heads: readonly HeadResult[]) => void = () => {},
): Promise<HeadResult[] | QKError> {
  const { layer, heads, kvHeads } = plan.layout;
  try {
    const results: HeadResult[] = [];
    for await (const { firstHead, weights } of viewLayer(plan, stack, buffer, signal)) {
      const resultOf = (score: HeadScores, isRecomputed = false) =>
        headResult({ ...score, head: firstHead + score.head }, { heads, kvHeads }, isRecomputed);
      const scored = await scoreHeads(engine, weights, signal, (some) =>
        onHeads(some.map((score) => resultOf(score))),
      );
      const part = scored.map(({ score, isRecomputed }) => resultOf(score, isRecomputed));
      results.push(...part);
      // Report each finished part of a layer that arrives in parts.
      if (results.length < heads) onHeads(part);
    }
    return results;
  } catch (error) {
    if (isAbort(error)) throw error;
    if (error instanceof QKError) return error;
    return new QKError(
      'engine-failed',
      `The ${engine.id} engine couldn't score layer ${layer}: ${error instanceof Error ? error.message : String(error)}`,
      { hint: 'Choose another engine in the settings, and try again.', cause: error },
    );
  }
}
