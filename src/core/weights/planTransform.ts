// Plans the gains and rotations that a convention applies to a layer.
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
export interface PlannedTransform {
  readonly inputGain: PlannedGain | null;
  readonly headGains: { readonly q: readonly PlannedGain[]; readonly k: readonly PlannedGain[] } | null;
  readonly rotation: { readonly rotation: Rotation; readonly offset: number } | null;
}

/** Plans what a convention does to a layer: null for raw weights; a string says why the layer can't be scored by it. */
export function planTransform(
  { folds }: LayerLayout,
  choice: ConventionChoice,
): PlannedTransform | string | null {
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
    headGains: headGains as PlannedTransform['headGains'],
    rotation: rotation === null ? null : { rotation, offset: ropeOffset },
  };
}

/** Lists every gain of a transform once. */
export function gainsOf(transform: PlannedTransform | null): PlannedGain[] {
  if (transform === null) return [];
  const gains = [
    ...(transform.inputGain === null ? [] : [transform.inputGain]),
    ...(transform.headGains === null ? [] : [...transform.headGains.q, ...transform.headGains.k]),
  ];
  return gains.filter((gain, index) => gains.findIndex(({ weight }) => weight === gain.weight) === index);
}

/** Fills a planned transform with the gains’ numbers. @param read reads a whole weight as float64 */
export function resolveTransform(
  { inputGain, headGains, rotation }: PlannedTransform,
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

/** Splits a gain over all heads [heads · dh] into one for each head [dh]. */
function split(values: Float64Array, dHead: number): Float64Array[] {
  return Array.from({ length: values.length / dHead }, (_, head) =>
    values.subarray(head * dHead, (head + 1) * dHead),
  );
}
