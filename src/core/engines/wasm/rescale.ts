// Rescales matrices whose magnitudes float32 products can't hold.
import type { PlacedLayer, PlacedLayers } from './placeLayers.ts';

/**
 * Largest magnitudes (float32 bits) of matrices whose raw elements are multiplied as they are: 2^-14 to 2^30.
 * Products then stay below float32's upper end; those of elements that are 2^-49 of the largest, or more, stay above
 * its lower one.
 */
const [SAFE_FROM, SAFE_TO] = [(127 - 14) << 23, (127 + 30) << 23];

/** Returns whether a matrix of this largest magnitude (float32 bits) is multiplied as it is stored. */
export function isSafeMagnitude(magnitude: number): boolean {
  return magnitude === 0 || (magnitude >= SAFE_FROM && magnitude <= SAFE_TO);
}

/**
 * Rewrites a matrix whose largest magnitude (float32 bits) is outside of what is multiplied as it is stored.
 * @returns true when it did: what was computed of it doesn't count
 */
export function rescaleIfExtreme(
  placed: PlacedLayers,
  layer: PlacedLayer,
  side: 'q' | 'k',
  head: number,
  magnitude: number,
): boolean {
  const { isRewritten, allFinite } = layer[side][head]!;
  if (isSafeMagnitude(magnitude) || isRewritten || !allFinite) return false;
  placed.rescale(layer, side, head);
  return true;
}
