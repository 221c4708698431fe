// Joins what was read of a collection to what was read before.
import type { Collection, CollectionPart } from './collection.ts';

/** Returns the collection with a part's models and heads at its end; the part counts its heads from the whole's first. */
export function joinPart(whole: Collection, part: CollectionPart): Collection {
  if (whole.models.length === 0) return part;
  return {
    models: [...whole.models, ...part.models],
    layer: joined(whole.layer, part.layer),
    head: joined(whole.head, part.head),
    s: joined(whole.s, part.s),
    z: joined(whole.z, part.z),
    norm: joined(whole.norm, part.norm),
    directionality: joined(whole.directionality, part.directionality),
    medians: joined(whole.medians, part.medians),
  };
}

function joined<Numbers extends Uint16Array | Float32Array>(a: Numbers, b: Numbers): Numbers {
  const all = new (a.constructor as new (length: number) => Numbers)(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
