// Finds the axes of tensors that the user chose, by their shapes.
import { ORIENTATIONS, type Orientation } from './architecture.ts';

/** The shape of a group of matrices. */
interface Shaped {
  readonly shape: readonly number[];
}

/**
 * Returns output features and inputs of a group's tensors, and the heads that a third dimension gives; null where it
 * has no such axes.
 */
export function axesOf(
  { shape }: Shaped,
  orientation: Orientation,
): { readonly features: number; readonly inputs: number; readonly heads?: number } | null {
  const [first = 0, second = 0, third = 0] = shape;
  if ((shape.length === 2) !== (orientation === 'out_in' || orientation === 'in_out')) return null;
  switch (orientation) {
    case 'out_in':
      return { features: first, inputs: second };
    case 'in_out':
      return { features: second, inputs: first };
    case 'in_head_dim':
      return { features: second * third, inputs: first, heads: second };
    case 'head_in_dim':
      return { features: first * third, inputs: second, heads: first };
    case 'head_dim_in':
      return { features: first * second, inputs: third, heads: first };
    default:
      return orientation satisfies never;
  }
}

/** Lists the orientations that these tensors can have: both have the axes, and Wq and Wk read equally many inputs. */
export function orientationsOf(q: Shaped, k: Shaped): Orientation[] {
  return ORIENTATIONS.filter((orientation) => {
    const [ofQ, ofK] = [axesOf(q, orientation), axesOf(k, orientation)];
    return ofQ !== null && ofK !== null && ofQ.inputs === ofK.inputs;
  });
}

/**
 * Returns the orientation of these tensors where their shapes allow only one: the one in which Wq and Wk read equally
 * many inputs or, for three dimensions, the one in which the heads fill the width, heads · dh = d. Returns null where
 * the page must ask.
 */
export function orientationByShape(q: Shaped, k: Shaped): Orientation | null {
  const all = orientationsOf(q, k);
  if (all.length === 1) return all[0]!;
  const filling = all.filter((orientation) => {
    const axes = axesOf(q, orientation);
    return axes?.heads !== undefined && axes.features === axes.inputs;
  });
  return filling.length === 1 ? filling[0]! : null;
}
