// Says why a head has no z.
import { type Convention, choiceOf } from '../weights/convention.ts';

/**
 * Returns why random orientations say nothing about a map's heads; null where they do: then z, its band and its p
 * hold. In cross attention M's two sides live in different spaces, whose coordinates training doesn't bring
 * together: trained heads lie about s = 1/d as well. A gain γ on M's rows and columns gives them preferred
 * directions: the mean becomes Σγ⁴/(Σγ²)². Gains of the head dimension and rotations leave M's directions random; so
 * does latent attention, whose Wq and Wk are products of factors: with random factors their columns lie in random
 * directions.
 * @param stack its name, "self" or "decoder.cross"
 */
export function nullUnavailable(stack: string, convention: Convention): string | null {
  if (stack.endsWith('cross'))
    return 'in cross attention queries and keys belong to different spaces, and trained heads lie about 1/d as random ones do';
  return choiceOf(convention).layerNorm
    ? 'with the LayerNorm gain folded in, random weights don’t lie about 1/d'
    : null;
}
