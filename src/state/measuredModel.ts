import type { LayerMeasures, StackResult } from '../core/index.ts';
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

function measuredStack<S extends StackResult>(
  stack: S,
  { stack: name, layer, score, directionality, heads }: LayerMeasures,
): S {
  if (stack.name !== name) return stack;
  const byHead = new Map(heads.map((head) => [head.head, head.directionality]));
  const layers = stack.layers.map((row) => {
    // A layer that has no scores has no measures either.
    if (row.layer !== layer || row.heads.length === 0) return row;
    const measured = row.heads.map((head) => {
      const value = byHead.get(head.head);
      return value === undefined ? head : { ...head, directionality: value };
    });
    return { ...row, heads: measured, score, directionality };
  });
  return { ...stack, layers };
}

/** Whether every scored layer of the model's maps is measured. */
export function isMeasured({ stacks }: Pick<ModelState, 'stacks'>): boolean {
  return stacks.every(({ layers }) =>
    layers.every(({ heads, score }) => heads.length === 0 || score !== undefined),
  );
}
