import { planCalls } from '../engines/calls.ts';
import type { Engine, HeadScores } from '../engines/engine.ts';
import { isAbort, QKError } from '../errors.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import { headResult } from './headResult.ts';
import type { PlannedLayer } from './plan.ts';
import type { HeadResult } from './result.ts';

/**
 * A layer's heads; an engine's failure is an answer, since another engine may do it. Cancellation is thrown.
 * @param onHeads told of heads that are scored while others aren't yet
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
      const handle = await engine.load([weights], signal);
      try {
        const resultsOf = (scores: readonly HeadScores[]) =>
          scores.map((score) => headResult({ ...score, head: firstHead + score.head }, { heads, kvHeads }));
        const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), {
          signal,
          onScores: (some) => onHeads(resultsOf(some)),
        });
        const part = resultsOf(scores);
        results.push(...part);
        // Of a layer in several parts: a part that has come.
        if (results.length < heads) onHeads(part);
      } finally {
        handle.release();
      }
    }
    return results;
  } catch (error) {
    if (isAbort(error)) throw error;
    if (error instanceof QKError) return error;
    return new QKError(
      'engine-failed',
      `The ${engine.id} engine couldn't score layer ${layer}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
