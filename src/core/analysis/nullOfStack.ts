import { checkAgainstNull, type NullCheck } from '../metrics/randomInitialisation.ts';
import { RAW_CONVENTION } from '../weights/convention.ts';
import type { StackResult } from './result.ts';
import { whyNoNull } from './whyNoNull.ts';

/** How the heads of a stack, scored on raw weights, lie against random orientations; null where nothing follows from it (whyNoNull). */
export function nullOfStack(stack: StackResult): NullCheck | null {
  if (whyNoNull(stack.name, RAW_CONVENTION) !== null) return null;
  return checkAgainstNull(
    stack.layers.flatMap(({ heads, shape: { dModel, dHead } = stack.shape }) =>
      heads.flatMap(({ s }) => (s === null ? [] : [{ s, dModel, dHead }])),
    ),
  );
}
