// Which models are shown, and in which order.
import { type Collection, type CollectionModel, medianOf } from '../../core/collection/index.ts';
import type { CollectionView } from '../../state/collectionState.ts';

/** The places of all models, sorted; those without a value come last either way. */
export function sortedModels(
  collection: Collection,
  { sort, isReversed }: Pick<CollectionView, 'sort' | 'isReversed'>,
  metric: string,
): number[] {
  const { models } = collection;
  const keys = models.map((_, index) => keyOf(index));
  const turn = isReversed ? -1 : 1;
  return [...models.keys()].sort((a, b) => {
    const [x, y] = [keys[a]!, keys[b]!];
    const [hasX, hasY] = [isThere(x), isThere(y)];
    if (!hasX || !hasY) return Number(hasY) - Number(hasX) || a - b;
    return x < y ? -turn : x > y ? turn : a - b;
  });

  function keyOf(index: number): string | number {
    const model = models[index]!;
    switch (sort) {
      case 'name':
        return model.id.toLowerCase();
      case 'family':
        return `${model.modelType}\n${model.id.toLowerCase()}`;
      case 'median':
        return medianOf(collection, index, metric);
      case 'parameters':
        return model.parameters ?? Number.NaN;
      case 'published':
        return model.published === null ? Number.NaN : Date.parse(model.published);
      case 'heads':
        return model.stacks.reduce((sum, { count }) => sum + count, 0);
      default:
        return sort satisfies never;
    }
  }
}

/** What a search looks through of each model, made once for all letters that are typed. */
export function searchTexts({ models }: Collection): readonly string[] {
  return models.map(textOf);
}

/** Those of some places whose models fit every word of the search, and the family. */
export function fittingModels(
  { models }: Collection,
  texts: readonly string[],
  places: readonly number[],
  { search, family }: Pick<CollectionView, 'search' | 'family'>,
): readonly number[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && family === null) return places;
  return places.filter(
    (index) =>
      (family === null || models[index]!.modelType === family) &&
      words.every((word) => texts[index]!.includes(word)),
  );
}

function isThere(key: string | number): boolean {
  return typeof key === 'string' || !Number.isNaN(key);
}

function textOf({ id, modelType, revision, sha, published }: CollectionModel): string {
  return `${id} ${modelType} ${revision ?? ''} ${sha ?? ''} ${published?.slice(0, 4) ?? ''}`.toLowerCase();
}

/** The model types with how many models each has, the most frequent first. */
export function familiesOf({ models }: Collection): readonly (readonly [family: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { modelType } of models) counts.set(modelType, (counts.get(modelType) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** The model that a head belongs to: models' heads follow each other. */
export function modelOfHead({ models }: Collection, head: number): number {
  let [low, high] = [0, models.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((models[middle]!.stacks[0]?.first ?? Number.POSITIVE_INFINITY) <= head) low = middle;
    else high = middle - 1;
  }
  return low;
}
