// Computes how often random orientations of a head's spectrum lie as far from 1/d as the head.
import type { Yielder } from '../engines/index.ts';
import { mulberry32 } from '../linalg/random.ts';
import { createSpectrumNull, isAsExtreme, monteCarloP } from '../metrics/spectrumNull.ts';
import { nullUnavailable } from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';

/** A draw takes O(dh³), half a second at this width, and there are hundreds. */
const WIDEST_DRAWN = 512;

/** How often a random orientation of the head's own spectrum lies at least as far from 1/d as the head does. */
export interface SpectrumPValue {
  /** (1 + atLeast) / (1 + draws), two-sided: of |s − 1/d|. */
  readonly p: number;
  readonly draws: number;
  readonly atLeast: number;
}

/**
 * Returns why a head is given no p; null where it is. Its null is M with random orientations, U and V independent,
 * of no preferred direction.
 */
export function pUnavailable(stack: string, convention: Convention, dHead: number): string | null {
  const noNull = nullUnavailable(stack, convention);
  if (noNull !== null) return `No p: ${noNull}.`;
  return dHead > WIDEST_DRAWN
    ? `No p: hundreds of random orientations of a head of ${dHead} columns take too long (${WIDEST_DRAWN} at most).`
    : null;
}

/** The smallest p that draws can give is 1/(1 + draws); more cost too much where heads are wide: O(dh³) each. */
function drawsFor(dHead: number): number {
  if (dHead <= 128) return 999;
  return dHead <= 192 ? 499 : 199;
}

/** @param seed the same one draws the same numbers */
export async function spectrumPValue(
  singularValues: readonly number[],
  s: number,
  dModel: number,
  seed: number,
  yielder: Yielder,
): Promise<SpectrumPValue> {
  const draws = drawsFor(singularValues.length);
  const draw = createSpectrumNull(singularValues, dModel, mulberry32(seed));
  let atLeast = 0;
  for (let i = 0; i < draws; i++) {
    if (isAsExtreme(draw(), s, dModel)) atLeast += 1;
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
  }
  return { p: monteCarloP(atLeast, draws), draws, atLeast };
}
