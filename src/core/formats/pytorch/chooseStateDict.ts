// Finds a model's weights in a checkpoint by its structure.
import { printable } from '../../printable.ts';
import { isOptimizerName, type TreeNode } from './checkpointTree.ts';
import type { TorchTensor } from './torchObjects.ts';

/**
 * The keys under which training scripts store the trained weights, where there are several sets; the likelier ones
 * first.
 */
const USUAL_KEYS = ['state_dict', 'model_state_dict', 'model', 'module', 'net', 'policy', 'state', 'weights'];
/** The keys under which they store averaged or older copies, which are read only where there is nothing else. */
const COPY_KEY =
  /(?:^|[._-])(?:ema|shadow|swa|avg|averaged?|target|teacher|old|best|ref|reference|init|initial)(?:$|[._-])/i;
/** Two sets of matrices are copies of one model where this share of their names and shapes is equal. */
const SAME_SHARE = 0.8;

/** The tensors under one node of a checkpoint, by name. */
export interface NamedTensors {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Calls that aren't executed, in places where a tensor could be. */
  readonly unread: ReadonlyMap<string, string>;
}

export interface ChosenStateDict extends NamedTensors {
  readonly notes: readonly string[];
}

type Weighs = (node: TreeNode) => number;

/**
 * Finds the state dict by its structure: it holds the most matrices that don't belong to an optimizer. Two whole copies
 * of a model's weights (an average beside the trained ones, a policy beside its reference) are never mixed: one is
 * read, and a note names the other.
 */
export function chooseStateDict(root: TreeNode, file: string): ChosenStateDict {
  const weighs = weighing(root);
  const left = new Set<TreeNode>();
  const notes: string[] = [];
  let node = root;
  for (;;) {
    const kids = node.kids.filter((kid) => !left.has(kid) && isOurs(kid) && weighs(kid) > 0);
    const own = weighs(node) - node.kids.reduce((sum, kid) => sum + (isOurs(kid) ? weighs(kid) : 0), 0);
    const main = mainOf(kids, weighs);
    if (main === undefined) break;
    const others = kids.filter((kid) => kid !== main);
    const copies = copiesOf(main, others, weighs);
    if (copies.length > 0) {
      for (const copy of copies) {
        left.add(copy);
        notes.push(
          `${file} holds more than one copy of its weights: those under "${pathOf(main)}" were read, those under "${pathOf(copy)}" weren’t.`,
        );
      }
      continue;
    }
    const rest = others.reduce((sum, kid) => sum + weighs(kid), own);
    const isUsual = USUAL_KEYS.includes(main.key);
    if (others.length > 0 && !(isUsual && weighs(main) >= rest)) break;
    if (own > 0 && weighs(main) <= own) break;
    if (rest > 0) {
      const names = [...others.map((kid) => `"${pathOf(kid)}"`), ...(own > 0 ? ['their own names'] : [])];
      notes.push(
        `The weights under "${pathOf(main)}" in ${file} were read. The ${rest === 1 ? 'other tensor' : `${rest} other tensors`} under ${names.slice(0, 4).join(', ')} ${rest === 1 ? 'wasn’t' : 'weren’t'}.`,
      );
    }
    node = main;
  }
  const nameless = namelessOf(root);
  if (nameless !== undefined)
    notes.push(
      `${nameless.nameless} tensors under "${pathOf(nameless)}" in ${file} were not read, because they have no names.`,
    );
  return { ...flatten(node, left), notes };
}

/** Joins the keys that lead to a node: "ema.shadow". */
export function pathOf(node: TreeNode): string {
  const keys: string[] = [];
  for (let at: TreeNode | null = node; at !== null && at.parent !== null; at = at.parent)
    keys.unshift(at.key);
  return printable(keys.join('.'));
}

/** Yields a node and all nodes below it. */
export function* nodesOf(root: TreeNode): Iterable<TreeNode> {
  const queue = [root];
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next]!;
    yield node;
    for (const kid of node.kids) queue.push(kid);
  }
}

/** Tells whether a node belongs to the model: it is no optimizer's, and no object of an unknown class contains it. */
function isOurs(node: TreeNode): boolean {
  return !node.isOptimizer && node.within === null;
}

/**
 * Counts how much of a model is under each node: matrices; where there are none at all, tensors of any shape
 * (placeholders); where there are none of those either, calls that aren't executed.
 */
function weighing(root: TreeNode): Weighs {
  const nodes = [...nodesOf(root)];
  const measures: Weighs[] = [
    ({ tensors }) => [...tensors].filter(([name, of]) => isMatrix(of) && !isOptimizerName(name)).length,
    ({ tensors }) => tensors.size,
    ({ unread }) => unread.size,
  ];
  for (const measure of measures) {
    const sums = new Map<TreeNode, number>();
    for (const node of nodes.toReversed()) {
      const own = isOurs(node) ? measure(node) : 0;
      sums.set(node, (sums.get(node) ?? 0) + own);
      if (node.parent !== null && isOurs(node))
        sums.set(node.parent, (sums.get(node.parent) ?? 0) + sums.get(node)!);
    }
    if (sums.get(root)! > 0) return (node) => sums.get(node) ?? 0;
  }
  return () => 0;
}

/** DeepSpeed's placeholders have the shape [0]: they represent matrices too. */
function isMatrix({ shape }: TorchTensor): boolean {
  return shape.length > 1 || shape[0] === 0;
}

function mainOf(kids: readonly TreeNode[], weighs: Weighs): TreeNode | undefined {
  const most = kids.reduce((max, kid) => Math.max(max, weighs(kid)), 0);
  const usual = USUAL_KEYS.map((key) => kids.find((kid) => kid.key === key && weighs(kid) * 2 >= most)).find(
    (kid) => kid !== undefined,
  );
  if (usual !== undefined) return usual;
  const heaviest = (of: readonly TreeNode[]) =>
    of.reduce<TreeNode | undefined>(
      (best, kid) => (best === undefined || weighs(kid) > weighs(best) ? kid : best),
      undefined,
    );
  const trained = heaviest(kids.filter(({ key }) => !COPY_KEY.test(key)));
  return trained !== undefined && weighs(trained) * 2 >= most ? trained : heaviest(kids);
}

/**
 * Finds the other state dicts that belong to the same model, by the names and shapes of their matrices. Layers of one
 * model are no copies.
 */
function copiesOf(main: TreeNode, others: readonly TreeNode[], weighs: Weighs): TreeNode[] {
  const weight = weighs(main);
  // Only sets of about the same size qualify, so all comparisons together visit each tensor once.
  const candidates = others.filter(
    (kid) =>
      weighs(kid) >= SAME_SHARE * weight &&
      weighs(kid) * SAME_SHARE <= weight &&
      kid.key.replace(/\d+/g, '') !== main.key.replace(/\d+/g, ''),
  );
  if (candidates.length === 0) return [];
  const first = signatureOf(main);
  // The parts of one layer (q_proj and k_proj as dictionaries) have names without a dot.
  if (![...first].some((name) => name.includes('.'))) return [];
  return candidates.filter((kid) => {
    const second = signatureOf(kid);
    let both = 0;
    for (const name of second) if (first.has(name)) both++;
    return both / (first.size + second.size - both) >= SAME_SHARE;
  });
}

function signatureOf(node: TreeNode): ReadonlySet<string> {
  let inner = node;
  // {decay: 0.999, shadow: {…}}
  while (inner.kids.filter(isOurs).length === 1 && ![...inner.tensors.values()].some(isMatrix))
    inner = inner.kids.find(isOurs)!;
  const signature = new Set<string>();
  for (const [name, tensor] of flatten(inner, new Set()).tensors)
    if (isMatrix(tensor)) signature.add(`${unwrapped(name)} ${tensor.shape.join('x')}`);
  return signature;
}

/** Strips wrappers from a name: a copy often lacks the wrapper of the trained weights, or has a different one. */
function unwrapped(name: string): string {
  return name
    .split('.')
    .filter((part) => !part.startsWith('_') && part !== 'module')
    .join('.')
    .replace(/^model\./, '');
}

function namelessOf(root: TreeNode): TreeNode | undefined {
  for (const node of nodesOf(root)) if (isOurs(node) && node.nameless > 1) return node;
  return undefined;
}

function flatten(root: TreeNode, left: ReadonlySet<TreeNode>): NamedTensors {
  const tensors = new Map<string, TorchTensor>();
  const unread = new Map<string, string>();
  const queue: { node: TreeNode; prefix: string }[] = isOurs(root) ? [{ node: root, prefix: '' }] : [];
  for (let next = 0; next < queue.length; next++) {
    const { node, prefix } = queue[next]!;
    for (const [name, tensor] of node.tensors) if (!isOptimizerName(name)) tensors.set(prefix + name, tensor);
    for (const [name, call] of node.unread) unread.set(prefix + name, call);
    for (const kid of node.kids)
      if (isOurs(kid) && !left.has(kid)) queue.push({ node: kid, prefix: `${prefix}${kid.key}.` });
  }
  return { tensors, unread };
}
