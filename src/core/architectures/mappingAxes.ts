import { ORIENTATIONS, type Orientation } from './architecture.ts';

/** Of a group of matrices: [out, in] and the like. */
interface Shaped {
  readonly shape: readonly number[];
}

/**
 * Output features and inputs of a group's tensors, and the heads that a third dimension tells; null where it has no
 * such axes.
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

/** The ways in which these tensors can lie: both have the axes, and Wq and Wk take equally many inputs. */
export function orientationsOf(q: Shaped, k: Shaped): Orientation[] {
  return ORIENTATIONS.filter((orientation) => {
    const [ofQ, ofK] = [axesOf(q, orientation), axesOf(k, orientation)];
    return ofQ !== null && ofK !== null && ofQ.inputs === ofK.inputs;
  });
}

/**
 * The way in which these tensors lie, where their shapes leave one: the only one in which Wq and Wk take equally
 * many inputs, or, of three dimensions, the only one in which the heads fill the width, heads · dh = d. Null where
 * it is to be asked.
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
