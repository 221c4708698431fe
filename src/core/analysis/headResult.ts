// Turns an engine's scores into a head's result.
import type { HeadScores } from '../engines/index.ts';
import { frobeniusNorm } from '../metrics/norm.ts';
import { symmetryRatio, symmetryScore } from '../metrics/symmetry.ts';
import type { HeadResult, ModelShape } from '../result/index.ts';
import { kvHeadOf } from '../weights/layerWeights.ts';

/**
 * Returns a head as it is shown: undefined stays undefined, with its reason.
 * @param isRecomputed the scores were computed in float64, in place of an engine's of float32
 */
export function headResult(
  scores: HeadScores,
  shape: Pick<ModelShape, 'heads' | 'kvHeads'>,
  isRecomputed = false,
): HeadResult {
  const { head, traceAB } = scores;
  const kvHead = kvHeadOf(head, shape.heads, shape.kvHeads);
  const r = symmetryRatio(scores);
  const norm = frobeniusNorm(scores);
  const ofNorm =
    norm !== null
      ? { norm }
      : { normReason: 'M is so large or so small that no double holds its norm with all its digits.' };
  const ofPrecision = isRecomputed ? { recomputed: true as const } : {};
  if (r !== null) return { head, kvHead, r, s: symmetryScore(r), ...ofNorm, ...ofPrecision };
  const reason =
    traceAB === 0
      ? ({
          code: 'zero',
          reason: 'M is zero: Wq or Wk of this head is all zeros, or all of their products cancel.',
        } as const)
      : ({ code: 'non-finite', reason: 'A weight of this head is NaN or infinite.' } as const);
  return { head, kvHead, r: null, s: null, ...(traceAB === 0 ? ofNorm : {}), reason };
}
