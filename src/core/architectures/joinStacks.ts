// Joins stacks of one name into one map.
import { QKError } from '../errors.ts';
import type { LayerLayout, StackLayout } from './layout.ts';

/**
 * Joins stacks of one name into one map where each has layers that the other lacks: a hybrid stores one kind of
 * attention in two ways. So no two maps of a model share a name.
 * @throws QKError 'layout-mismatch' where both have the same layer
 */
export function joinStacks(stacks: readonly StackLayout[]): StackLayout[] {
  const joined: StackLayout[] = [];
  for (const stack of stacks) {
    const at = joined.findIndex(({ name }) => name === stack.name);
    if (at < 0) joined.push(stack);
    else joined[at] = join(joined[at]!, stack);
  }
  return joined;
}

function join(one: StackLayout, other: StackLayout): StackLayout {
  const twice = one.layers.find(({ layer }) => other.layers.some((another) => another.layer === layer));
  if (twice !== undefined) {
    const second = other.layers.find(({ layer }) => layer === twice.layer)!;
    throw new QKError(
      'layout-mismatch',
      `Layer ${twice.layer} has two attention weights of one kind, ${tensorOf(twice)} and ${tensorOf(second)}, and QKScope can't tell which one the model uses.`,
      { where: tensorOf(second), hint: 'Drop only the weights of one model.' },
    );
  }
  const layers = [...one.layers, ...other.layers].sort((a, b) => a.layer - b.layer);
  const scored = new Set(layers.map(({ layer }) => layer));
  const reasons = new Map(
    [...other.skipped, ...one.skipped]
      .filter(({ layer }) => !scored.has(layer))
      .map((skip) => [skip.layer, skip]),
  );
  const skipped = [...reasons.values()].sort((a, b) => a.layer - b.layer);
  const larger = one.layers.length >= other.layers.length ? one : other;
  return {
    ...larger,
    layers,
    skipped,
    shape: {
      ...larger.shape,
      layers: layers.length + skipped.length,
      heads: Math.max(one.shape.heads, other.shape.heads),
      kvHeads: Math.max(one.shape.kvHeads, other.shape.kvHeads),
    },
    splits: [],
  };
}

function tensorOf({ source }: LayerLayout): string {
  return source.kind === 'direct' ? source.q.weight.name : source.kv.a.name;
}
