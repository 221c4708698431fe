// Scored layers of an analysis that was stopped, taken over by the one that goes on with it.
import type { LayoutOverrides } from '../architectures/inferLayout.ts';
import type { EngineId } from '../engines/index.ts';
import { isSameJson } from '../jsonValue.ts';
import type { LayerResult, ModelInfo, StackResult } from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';
import type { AnalysisPlan, PlannedLayer } from './plan.ts';

/** One whole layer that was scored before. */
export interface EarlierLayer {
  readonly stack: string;
  readonly row: LayerResult;
  readonly engine: EngineId;
}

/** The layers that an analysis scored before it was stopped, with the weights and the reading that they belong to. */
export interface EarlierScores {
  readonly model: ModelInfo;
  readonly convention: Convention;
  readonly layoutOverrides: LayoutOverrides;
  /** The stacks as they were planned. */
  readonly stacks: readonly StackResult[];
  readonly layers: readonly EarlierLayer[];
}

/** Said where nothing is taken over: two revisions are never mixed. */
export const EARLIER_REFUSED =
  'The weights, or how they are read, aren’t those of the layers that were scored before: every layer is read again.';

/**
 * Finds the planned layers that need not be read again. The weights must be the same by commit and by the fingerprint of their
 * headers, and read in the same way: convention, overrides, shapes, tensors.
 * @returns the layers by their plan, or null where they are of other weights or of another reading
 */
export function takeOver(
  plan: AnalysisPlan,
  layoutOverrides: LayoutOverrides,
  earlier: EarlierScores,
): ReadonlyMap<PlannedLayer, EarlierLayer> | null {
  const isSame =
    (plan.model.source !== 'hub' || plan.model.sha !== null) &&
    isSameJson(identityOf(plan.model), identityOf(earlier.model)) &&
    isSameJson(plan.convention, earlier.convention) &&
    isSameJson(layoutOverrides, earlier.layoutOverrides) &&
    isSameJson(plan.stacks.map(readingOf), earlier.stacks.map(readingOf));
  if (!isSame) return null;
  const found = plan.layers.flatMap((planned): [PlannedLayer, EarlierLayer][] => {
    const { layer, heads } = planned.plan.layout;
    const scored = earlier.layers.find(({ stack, row }) => stack === planned.stack && row.layer === layer);
    return scored?.row.heads.length === heads ? [[planned, scored]] : [];
  });
  return new Map(found);
}

/** Returns the fields that identify the weights, without the name that the user gave the model. */
function identityOf({ name: _, contentHash: __, ...identity }: ModelInfo): Omit<ModelInfo, 'name'> {
  return identity;
}

/** How a stack's layers are read, without their scores. */
function readingOf({ name, shape, headsFrom, layers }: StackResult) {
  const rows = layers.map(({ layer, shape: own, tensors, usedBy, headsFrom: from }) => [
    ...[layer, own, tensors, usedBy, from],
  ]);
  return [name, shape, headsFrom, rows];
}
