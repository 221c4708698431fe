// Notes on heads that were computed in float64.
import type { StackResult } from './result.ts';

/** Heads that a note names. */
const NAMED = 4;

/** Returns the note on heads that were computed again in float64; none where no head was. */
export function recomputedNotes(stacks: readonly Pick<StackResult, 'name' | 'layers'>[]): string[] {
  const names = stacks.flatMap(({ name, layers }) =>
    layers.flatMap(({ layer, heads }) =>
      heads
        .filter(({ recomputed }) => recomputed === true)
        .map(({ head }) => `${stacks.length > 1 ? `${name} ` : ''}layer ${layer} head ${head}`),
    ),
  );
  if (names.length === 0) return [];
  const named = names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '');
  const heads = names.length === 1 ? '1 head was' : `${names.length} heads were`;
  return [
    `${heads} computed again in float64, since float32 would have been too far off where their products cancel: ${named}.`,
  ];
}
