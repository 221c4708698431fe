import type { LayerLayout } from '../architectures/layout.ts';
import type { Rotation } from '../linalg/rotation.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { LayerTransform } from './applyConvention.ts';
import type { ConventionChoice } from './convention.ts';

/** A gain that is read with the layer: γ, or 1 + w. */
export interface PlannedGain {
  readonly weight: Weight;
  readonly plusOne: boolean;
}

/** What a convention does to one layer, before anything is read. */
export interface PlannedFold {
  readonly inputGain: PlannedGain | null;
  readonly headGains: { readonly q: readonly PlannedGain[]; readonly k: readonly PlannedGain[] } | null;
  readonly rotation: { readonly rotation: Rotation; readonly offset: number } | null;
}

/** Null: the weights are scored as they are. A string says why the layer can't be scored by this convention. */
export function planFold({ folds }: LayerLayout, choice: ConventionChoice): PlannedFold | string | null {
  const { layerNorm, qkNorm, ropeOffset } = choice;
  if (!layerNorm && !qkNorm && ropeOffset === 0) return null;
  const inputGain = layerNorm ? folds.inputGain : null;
  if (inputGain !== null && 'why' in inputGain) return inputGain.why;
  const headGains = qkNorm ? folds.headGains : null;
  if (headGains !== null && 'why' in headGains) return headGains.why;
  const rotation = ropeOffset === 0 ? null : folds.rotation;
  if (rotation !== null && 'why' in rotation) return rotation.why;
  const gains = [inputGain, ...(headGains === null ? [] : [...headGains.q, ...headGains.k])];
  const missing = gains.find((gain) => gain !== null && gain.weight === null);
  if (missing) return `${missing.name} is needed, but it isn’t in the files that could be opened.`;
  return {
    inputGain: inputGain as PlannedGain | null,
    headGains: headGains as PlannedFold['headGains'],
    rotation: rotation === null ? null : { rotation, offset: ropeOffset },
  };
}

/** Every gain of a fold once. */
export function gainsOfFold(fold: PlannedFold | null): PlannedGain[] {
  if (fold === null) return [];
  const gains = [
    ...(fold.inputGain === null ? [] : [fold.inputGain]),
    ...(fold.headGains === null ? [] : [...fold.headGains.q, ...fold.headGains.k]),
  ];
  return gains.filter((gain, at) => gains.findIndex(({ weight }) => weight === gain.weight) === at);
}

/** The fold with its numbers. @param read a whole weight as float64 */
export function transformOf(
  { inputGain, headGains, rotation }: PlannedFold,
  dHead: number,
  read: (weight: Weight) => Float64Array,
): LayerTransform {
  const values = ({ weight, plusOne }: PlannedGain) =>
    plusOne ? read(weight).map((value) => 1 + value) : read(weight);
  const perHead = (gains: readonly PlannedGain[]) => gains.flatMap((gain) => split(values(gain), dHead));
  return {
    inputGain: inputGain === null ? null : values(inputGain),
    headGains: headGains === null ? null : { q: perHead(headGains.q), k: perHead(headGains.k) },
    rotation,
  };
}

/** A gain over all heads as one for each: [heads, dh]. */
function split(values: Float64Array, dHead: number): Float64Array[] {
  return Array.from({ length: values.length / dHead }, (_, head) =>
    values.subarray(head * dHead, (head + 1) * dHead),
  );
}
