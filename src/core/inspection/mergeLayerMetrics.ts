// Merges what was computed of whole layers into the rows of a result.
import type { LayerResult, StackResult } from '../result/index.ts';
import type { LayerMetricValues } from './computeLayerMetrics.ts';

/** Returns the stacks with what was computed of one layer; a layer without scores stays without metrics. */
export function mergeLayerMetrics<S extends StackResult>(
  stacks: readonly S[],
  measures: LayerMetricValues,
): S[] {
  return stacks.map((stack) => mergeIntoStack(stack, measures));
}

function mergeIntoStack<S extends StackResult>(stack: S, measures: LayerMetricValues): S {
  if (stack.name !== measures.stack) return stack;
  // A layer that has no scores has no measures either.
  const layers = stack.layers.map((row) =>
    row.layer !== measures.layer || row.heads.length === 0 ? row : mergeIntoLayer(row, measures),
  );
  return { ...stack, layers };
}

function mergeIntoLayer(row: LayerResult, measures: LayerMetricValues): LayerResult {
  const measuredBy = { ...row.measuredBy, [measures.what]: measures.engine };
  if (measures.what === 'score') return { ...row, score: measures.score, measuredBy };
  const { directionality, reason, heads } = measures;
  const byHead = new Map(heads.map((head) => [head.head, head.directionality]));
  const measured = row.heads.map((head) => {
    const value = byHead.get(head.head);
    return value === undefined ? head : { ...head, directionality: value };
  });
  // A reason of an earlier try goes.
  const { directionalityReason: _, ...rest } = row;
  const why = reason === undefined ? {} : { directionalityReason: reason };
  return { ...rest, heads: measured, directionality, ...why, measuredBy };
}
