// Lists the weights that one layer's scores are read from.
import type { Weight } from '../quantisation/weight.ts';
import type { LayerLayout } from './layout.ts';

/** Lists the weights that a layer's Wq and Wk are read from; a fused weight is listed twice. */
export function weightsOfLayer({ source }: LayerLayout): Weight[] {
  return source.kind === 'direct'
    ? [source.q.weight, source.k.weight]
    : [...('a' in source.q ? [source.q.a, source.q.b] : [source.q]), source.kv.a, source.kv.b];
}
