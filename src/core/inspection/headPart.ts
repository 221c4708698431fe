// Reads the part of a layer that holds one head.
import { type LayerPart, viewLayer } from '../weights/viewLayer.ts';
import type { ReadLayer } from './inspectedModel.ts';

/**
 * Returns the part of the layer that has the head: a layer whose Wq and Wk aren't stored as such (products of latent
 * factors, a convention applied) comes in several where it is large.
 */
export async function headPart(
  { plan, stack, buffer }: ReadLayer,
  head: number,
  signal: AbortSignal,
): Promise<LayerPart> {
  let last: LayerPart | null = null;
  for await (const part of viewLayer(plan, stack, buffer, signal)) {
    last = part;
    if (head < part.firstHead + part.weights.q.length) break;
  }
  return last!;
}
