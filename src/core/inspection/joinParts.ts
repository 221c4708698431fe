// Joins the parts of a head's detail as they arrive.
import { QKError } from '../errors.ts';
import { BYTES_PER_ELEMENT } from '../formats/dtype.ts';
import type { ModelShape, Reason } from '../result/index.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import { mergeHeads } from '../weights/mergeHeads.ts';

/** A layer that comes in parts is put together up to this size; joining its heads takes as much again. */
const WHOLE_BYTES = 512 * 1024 * 1024;

/**
 * Joins the parts of a layer into one, queries that share a key added up; or why they can't be held together.
 */
export function joinParts(
  { heads, kvHeads }: Pick<ModelShape, 'heads' | 'kvHeads'>,
  bytesAtMost = WHOLE_BYTES,
) {
  const [q, k]: [MatrixView[], MatrixView[]] = [[], []];
  let last: LayerWeights | null = null;
  let tooLarge: Reason | null = null;
  return {
    add(weights: LayerWeights): void {
      last = weights;
      if (weights.q.length === heads || tooLarge !== null) return;
      const bytes = 2 * kvHeads * weights.dModel * weights.dHead * BYTES_PER_ELEMENT[weights.k[0]!.dtype];
      if (bytes > bytesAtMost) {
        tooLarge = {
          code: 'too-large',
          reason: `The heads of this layer, as composed of factors or transformed by the convention, take ${(bytes / 1e9).toFixed(1)} GB: too much to be held together.`,
        };
        q.length = 0;
        k.length = 0;
        return;
      }
      const summed = mergeHeads(weights, weights.dHead);
      q.push(...summed.q);
      k.push(...summed.k);
    },
    whole(): LayerWeights | Reason {
      if (tooLarge !== null) return tooLarge;
      if (last === null) throw new QKError('internal', 'A layer without heads was to be measured.');
      return last.q.length === heads ? last : { ...last, q, k };
    },
  };
}
