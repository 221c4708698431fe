import { checkAgainstNull, type NullCheck } from '../metrics/randomInitialisation.ts';
import type { StackResult } from './result.ts';

/**
 * How a stack's heads lie against random orientations. Null for cross attention: M's two sides live in different spaces
 * there, so that trained heads look like chance too and nothing follows.
 */
export function nullOfStack(stack: StackResult): NullCheck | null {
  if (stack.name.endsWith('cross')) return null;
  return checkAgainstNull(
    stack.layers.flatMap(({ heads, shape: { dModel, dHead } = stack.shape }) =>
      heads.flatMap(({ s }) => (s === null ? [] : [{ s, dModel, dHead }])),
    ),
  );
}
