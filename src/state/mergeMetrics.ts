// What is computed of a scored model on request, merged into its rows and its result.
import {
  type HeadDetail,
  type LayerMetric,
  type LayerMetricValues,
  mergeLayerMetrics as mergeIntoStacks,
} from '../core/inspection/index.ts';
import type { HeadResult, StackResult } from '../core/result/index.ts';
import type { ModelState } from './modelState.ts';

/** Merges what was computed of one layer into the model's rows and its result: maps, tables and exports see the same. */
export function mergeLayerMetrics(model: ModelState, measures: LayerMetricValues): ModelState {
  const { result } = model;
  return {
    ...model,
    stacks: mergeIntoStacks(model.stacks, measures),
    result: result === null ? null : { ...result, stacks: mergeIntoStacks(result.stacks, measures) },
  };
}

/**
 * Merges what a head's detail holds and its row doesn't have yet: directionality, and the norm of scores from before norms were
 * saved. So the panel, the map and the export say the same. Returns the same model where there is nothing to add.
 */
export function mergeHeadDetail(model: ModelState, detail: HeadDetail): ModelState {
  const { result } = model;
  const stacks = withHeadDetail(model.stacks, detail);
  const ofResult = result === null ? null : withHeadDetail(result.stacks, detail);
  if (stacks === model.stacks && ofResult === (result?.stacks ?? null)) return model;
  return {
    ...model,
    stacks,
    result: result === null || ofResult === null ? result : { ...result, stacks: ofResult },
  };
}

function withHeadDetail<S extends StackResult>(stacks: readonly S[], detail: HeadDetail): readonly S[] {
  const layer = stacks
    .find(({ name }) => name === detail.stack)
    ?.layers.find((row) => row.layer === detail.layer);
  const head = layer?.heads.find((one) => one.head === detail.head);
  // A head without a score has its reason, and no other values.
  if (layer === undefined || head === undefined || head.r === null) return stacks;
  const lacksNorm = head.norm === undefined && head.normReason === undefined && detail.norm !== null;
  if (head.directionality !== undefined && !lacksNorm) return stacks;
  const merged: HeadResult = {
    ...head,
    ...(lacksNorm && { norm: detail.norm! }),
    ...(head.directionality === undefined && { directionality: detail.directionality }),
  };
  const row = { ...layer, heads: layer.heads.map((one) => (one === head ? merged : one)) };
  return stacks.map((stack) =>
    stack.name === detail.stack
      ? { ...stack, layers: stack.layers.map((one) => (one === layer ? row : one)) }
      : stack,
  );
}

/** Whether this is measured of every scored layer of the model's maps; what couldn't be read may be tried again. */
export function hasLayerMetric({ stacks }: Pick<ModelState, 'stacks'>, what: LayerMetric): boolean {
  return stacks.every(({ layers }) =>
    layers.every(({ heads, score, directionality, directionalityReason }) => {
      const [value, reason] =
        what === 'score' ? [score, score?.reason] : [directionality, directionalityReason];
      return heads.length === 0 || (value !== undefined && reason?.code !== 'read-failed');
    }),
  );
}
