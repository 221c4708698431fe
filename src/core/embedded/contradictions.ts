// What a result's fields must say of each other: a score that another field denies isn't shown.
import type { AnalysisResult, HeadResult, LayerResult, ModelShape, StackResult } from '../result/index.ts';
import { conventionOf } from '../weights/convention.ts';

/** The last digits of s may differ where r was rounded. */
const TOLERANCE = 1e-9;

/** Returns what in a result contradicts itself, as the end of a sentence; null where nothing does. */
export function contradictionIn(result: AnalysisResult): string | null {
  const { stacks, shape, convention } = result;
  const [first] = stacks;
  if (first === undefined || !isSameShape(shape, first.shape))
    return 'its shape isn’t that of its first stack';
  if (new Set(stacks.map(({ name }) => name)).size < stacks.length) return 'two of its stacks have one name';
  if (convention.name === 'custom' && conventionOf(convention).name === 'raw')
    return 'its convention is called custom and changes nothing';
  return firstOf(stacks, (stack) => inStack(stack, stacks.length > 1 ? `${stack.name}, ` : ''));
}

function inStack({ layers, shape }: StackResult, where: string): string | null {
  if (layers.length !== shape.layers)
    return `${where}it has ${layers.length} layers, and its shape says ${shape.layers}`;
  if (new Set(layers.map(({ layer }) => layer)).size < layers.length)
    return `${where}two of its layers have one number`;
  return firstOf(layers, (row) => inLayer(row, row.shape ?? shape, `${where}layer ${row.layer}`));
}

function inLayer(row: LayerResult, shape: Omit<ModelShape, 'layers'>, where: string): string | null {
  const { heads, score, skipped, arriving } = row;
  if (arriving !== undefined) return `${where} has heads that are still arriving`;
  const wrong = score === undefined ? null : inScore(score);
  if (wrong !== null) return `the score of ${where} ${wrong}`;
  if (heads.length === 0) return null;
  if (skipped !== undefined) return `${where} is skipped and has heads`;
  if (shape.kvHeads > shape.heads) return `${where} has more key heads than heads`;
  if (heads.length !== shape.heads)
    return `${where} has ${heads.length} heads, and its shape says ${shape.heads}`;
  return firstOf(heads, (head, place) => {
    if (head.head !== place) return `the heads of ${where} aren’t numbered from 0 on`;
    if (head.kvHead >= shape.kvHeads)
      return `${where} head ${place} has key head ${head.kvHead} of ${shape.kvHeads}`;
    const inHead = inScore(head);
    return inHead === null ? null : `${where} head ${place} ${inHead}`;
  });
}

/** r and s are one number in two forms; where there is none a reason says why. */
function inScore({ r, s, reason }: Pick<HeadResult, 'r' | 's' | 'reason'>): string | null {
  if (r === null || s === null) {
    if (r !== s) return 'has only one of r and s';
    return reason === undefined ? 'has neither r nor a reason' : null;
  }
  return Math.abs(s - (2 * r - 1)) > TOLERANCE ? `has r ${r} and s ${s}, and s is 2r − 1` : null;
}

function isSameShape(a: ModelShape, b: ModelShape): boolean {
  return (['layers', 'heads', 'kvHeads', 'dModel', 'dHead'] as const).every((field) => a[field] === b[field]);
}

function firstOf<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => string | null,
): string | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}
