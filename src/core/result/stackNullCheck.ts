// Compares the scores of a stack with random orientations.
import { checkAgainstNull, type NullCheck } from '../metrics/randomInitialisation.ts';
import { RAW_CONVENTION } from '../weights/convention.ts';
import { nullUnavailable } from './nullUnavailable.ts';
import type { StackResult } from './result.ts';

/**
 * Returns how the heads of a stack, scored on raw weights, lie against random orientations; null where nothing
 * follows from it (nullUnavailable).
 */
export function stackNullCheck(stack: StackResult): NullCheck | null {
  if (nullUnavailable(stack.name, RAW_CONVENTION) !== null) return null;
  return checkAgainstNull(
    stack.layers.flatMap(({ heads, shape: { dModel, dHead } = stack.shape }) =>
      heads.flatMap(({ s }) => (s === null ? [] : [{ s, dModel, dHead }])),
    ),
  );
}
