// Computes r of one head over the RoPE offset.
import { type HeadProducts, ropeCurve } from '../metrics/ropeCurve.ts';
import type { LayerPlan } from '../weights/layerPlan.ts';

/** r of one head's M = Wq R_Δ Wkᵀ over Δ, by the convention in force for all else; or why it has no such curve. */
export type HeadRope =
  | {
      readonly kind: 'curve';
      /** Key position − query position, ascending. */
      readonly deltas: readonly number[];
      /** One for each; null where undefined. */
      readonly r: readonly (number | null)[];
      /** The Δ of the convention in force. */
      readonly applied: number;
    }
  | { readonly kind: 'refused'; readonly why: string };

/** As far as the page's slider goes, each whole offset: the fastest pair turns once in about six. */
const FURTHEST = 512;

/** @param products of the head's weights as the plan's convention gives them, its rotation included */
export function ropeOfHead({ layout, transform }: LayerPlan, products: HeadProducts): HeadRope {
  const { rotation } = layout.folds;
  if ('why' in rotation) return { kind: 'refused', why: rotation.why };
  if (rotation.dims === 0)
    return {
      kind: 'refused',
      why: 'This layer has no positions: nothing turns in it, and r is the same at every Δ.',
    };
  const deltas = Array.from({ length: 2 * FURTHEST + 1 }, (_, index) => index - FURTHEST);
  const applied = transform?.rotation?.offset ?? 0;
  return {
    kind: 'curve',
    deltas,
    r: ropeCurve(products, layout.dHead, rotation, deltas, applied),
    applied,
  };
}
