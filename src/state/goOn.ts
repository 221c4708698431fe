// Goes on with a model that was cancelled or failed midway.
import type { EarlierScores } from '../core/analysis/index.ts';
import type { Context } from './context.ts';
import type { ModelState } from './modelState.ts';
import { type OpeningState, reopenModel } from './openings.ts';

/** Reads and scores the layers that weren't; where the weights aren't the same any more, the worker reads all of them again. */
export function goOn(ctx: Context<OpeningState>, index: number): void {
  const old = ctx.store.getState().models[index];
  if (old === undefined) return;
  const earlier = earlierScores(old);
  const precomputed = earlier === null ? {} : asBefore(old);
  // They are the heads of the same model.
  reopenModel(ctx, index, () => ({}), true, { earlier, precomputed, heads: 'same' });
}

function earlierScores({
  model,
  convention,
  layoutOverrides,
  stacks,
  ...old
}: ModelState): EarlierScores | null {
  if (model === null || old.scoredLayers.length === 0) return null;
  return { model, convention, layoutOverrides, stacks, layers: old.scoredLayers };
}

/** The map as it was, its other layers waiting once more. */
function asBefore({ model, engine, bytes, stacks, weightsOptions }: ModelState): Partial<ModelState> {
  const waiting = stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map(({ skipped, ...layer }) =>
      skipped === undefined || skipped.code === 'cancelled' || skipped.code === 'read-failed'
        ? layer
        : { ...layer, skipped },
    ),
  }));
  return { model, engine, bytes, stacks: waiting, weightsOptions };
}
