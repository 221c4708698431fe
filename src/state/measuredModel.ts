import type { LayerMeasures, LayerResult, Measure, StackResult } from '../core/index.ts';
import type { ModelState } from './appState.ts';

/** The model with what was measured of one layer, in its rows and in its result: maps, tables and exports see the same. */
export function measuredModel(model: ModelState, measures: LayerMeasures): ModelState {
  const { result } = model;
  return {
    ...model,
    stacks: model.stacks.map((stack) => measuredStack(stack, measures)),
    result:
      result === null
        ? null
        : { ...result, stacks: result.stacks.map((stack) => measuredStack(stack, measures)) },
  };
}

function measuredStack<S extends StackResult>(stack: S, measures: LayerMeasures): S {
  if (stack.name !== measures.stack) return stack;
  // A layer that has no scores has no measures either.
  const layers = stack.layers.map((row) =>
    row.layer !== measures.layer || row.heads.length === 0 ? row : measuredLayer(row, measures),
  );
  return { ...stack, layers };
}

function measuredLayer(row: LayerResult, measures: LayerMeasures): LayerResult {
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

/** Whether this is measured of every scored layer of the model's maps; what couldn't be read may be tried again. */
export function isMeasured({ stacks }: Pick<ModelState, 'stacks'>, what: Measure): boolean {
  return stacks.every(({ layers }) =>
    layers.every(({ heads, score, directionality, directionalityReason }) => {
      const [value, reason] =
        what === 'score' ? [score, score?.reason] : [directionality, directionalityReason];
      return heads.length === 0 || (value !== undefined && reason?.code !== 'read-failed');
    }),
  );
}
