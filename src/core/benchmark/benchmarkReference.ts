// Computes the float64 values that a benchmark's results are compared with.
import type { Engine, HeadScores } from '../engines/index.ts';
import { symmetryRatio } from '../metrics/symmetry.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';

/**
 * Computes r by the float64 engine's trace, of one head of a layer or of all its heads; null where undefined. The
 * layer is loaded and let go again: in float64 a model would be four times its bf16 size.
 */
export async function referenceRatios(
  reference: Engine,
  layer: LayerWeights,
  head: number | 'all',
  signal?: AbortSignal,
): Promise<(number | null)[]> {
  const handle = await reference.load([layer], signal);
  try {
    const call =
      head === 'all'
        ? ({ kernel: 'trace-heads', layerIndex: 0 } as const)
        : ({ kernel: 'trace', layerIndex: 0, head } as const);
    return (await reference.run(handle, [call], { signal })).scores.map(symmetryRatio);
  } finally {
    handle.release();
  }
}

/** Returns the largest |r − r64|; null when a head has no value in either. */
export function maxAbsDeltaR(
  scores: readonly HeadScores[],
  expected: readonly (number | null)[],
): number | null {
  if (scores.length !== expected.length) return null;
  let worst = 0;
  for (const [i, sums] of scores.entries()) {
    const [r, r64] = [symmetryRatio(sums), expected[i] ?? null];
    if (r === null || r64 === null) return null;
    worst = Math.max(worst, Math.abs(r - r64));
  }
  return worst;
}
