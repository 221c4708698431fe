import type { Weight } from '../quantisation/weight.ts';
import type { LayerLayout } from './layout.ts';

/** The weights that a layer's Wq and Wk are read from; a fused one comes twice. */
export function weightsOfLayer({ source }: LayerLayout): Weight[] {
  return source.kind === 'direct'
    ? [source.q.weight, source.k.weight]
    : [...('a' in source.q ? [source.q.a, source.q.b] : [source.q]), source.kv.a, source.kv.b];
}
