// Scores of an earlier visit, and how a model on the page shows them.
import type { PlannedStack, WeightsOption } from '../core/analysis/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import type { ModelState } from './modelState.ts';

/** A finished model as it was shown. */
export interface CachedModel {
  readonly result: AnalysisResult;
  readonly stacks: readonly PlannedStack[];
  readonly weightsOptions: readonly WeightsOption[];
}

/** The model as scores of it show it that are there already. */
export function fromCached({ result, stacks, weightsOptions }: CachedModel) {
  return {
    status: 'done',
    result,
    stacks,
    weightsOptions,
    model: result.model,
    engine: result.engine,
    bytes: result.bytes,
    notes: result.notes,
  } satisfies Partial<ModelState>;
}

/** A scored model's results, with the plan's word on head splits; the layers are held once. Null before it is scored. */
export function cachedFrom({ result, stacks, weightsOptions }: ModelState): CachedModel | null {
  if (result === null) return null;
  const scored = stacks.map((stack) => ({
    ...stack,
    layers: result.stacks.find(({ name }) => name === stack.name)?.layers ?? stack.layers,
  }));
  return { result, stacks: scored, weightsOptions };
}
