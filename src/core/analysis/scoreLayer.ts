import { planCalls } from '../engines/calls.ts';
import type { Engine } from '../engines/engine.ts';
import { isAbort, QKError } from '../errors.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import { headResult } from './headResult.ts';
import type { PlannedLayer } from './plan.ts';
import type { HeadResult } from './result.ts';

/** A layer's heads; an engine's failure is an answer, since another engine may do it. Cancellation is thrown. */
export async function scoreLayer(
  engine: Engine,
  { stack, plan }: PlannedLayer,
  buffer: Uint8Array,
  signal: AbortSignal,
): Promise<HeadResult[] | QKError> {
  const { layer, heads, kvHeads } = plan.layout;
  try {
    const results: HeadResult[] = [];
    for await (const { firstHead, weights } of viewLayer(plan, stack, buffer, signal)) {
      const handle = await engine.load([weights], signal);
      try {
        const { scores } = await engine.run(handle, planCalls('trace-heads', { kind: 'all' }, handle), {
          signal,
        });
        for (const score of scores)
          results.push(headResult({ ...score, head: firstHead + score.head }, { heads, kvHeads }));
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
