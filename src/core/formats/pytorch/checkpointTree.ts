// Presents an unpickled checkpoint as a tree of dictionaries.
import { PickleOpaque, type PickleValue } from './pickleValue.ts';
import { isTensor, type TorchTensor } from './torchObjects.ts';

/** The dictionaries of a checkpoint nest a few levels; deeper ones hold no state dict. */
const MAX_DEPTH = 16;
/** The longest key that may be the name of a parameter. */
const MAX_KEY = 512;

/**
 * The most dictionaries and lists that are visited, the shallowest first. A checkpoint has some hundreds besides those
 * of its optimizer; one of reinforcement learning may contain a list of everything that was played.
 */
const MAX_NODES = 50_000;

/** A dictionary (or list) of a checkpoint with its contents. Each is visited once, by its shortest path. */
export interface TreeNode {
  readonly key: string;
  readonly parent: TreeNode | null;
  tensors: ReadonlyMap<string, TorchTensor>;
  /** Values that represent calls which aren't executed, by name. */
  unread: ReadonlyMap<string, string>;
  readonly kids: TreeNode[];
  /** The class of the object that contains it, where that class isn't rebuilt; null elsewhere. */
  readonly within: string | null;
  readonly isOptimizer: boolean;
  /** The number of tensors in lists, which have no names. */
  nameless: number;
}

/**
 * Arranges a checkpoint's dictionaries as a tree. However they share each other or contain themselves, each is visited
 * once, so that time grows only with the size of the pickle.
 * @returns also whether all of them were visited
 */
export function treeOf(value: PickleValue): { readonly root: TreeNode; readonly isWhole: boolean } {
  const isObject = value instanceof PickleOpaque;
  const whole = isObject ? contentsOf(value) : value;
  const visited = new Set<PickleValue>([whole]);
  const root = nodeOf('', null, whole, isObject ? value.call : null);
  const queue = [{ node: root, value: whole, depth: 0 }];
  let isWhole = true;
  for (let next = 0; next < queue.length; next++) {
    const { node, value: container, depth } = queue[next]!;
    // An optimizer has as many dictionaries as there are parameters, and none of them is read.
    if (node.isOptimizer) continue;
    const isDict = container instanceof Map;
    for (const [rawKey, item] of itemsOf(container)) {
      if (typeof item !== 'object' || item === null) continue;
      const isNamed = (typeof rawKey === 'string' && rawKey.length <= MAX_KEY) || typeof rawKey === 'number';
      const key = isNamed ? String(rawKey) : '';
      if (isTensor(item)) {
        if (isNamed && isDict) node.tensors = withEntry(node.tensors, key, item);
        else node.nameless++;
        continue;
      }
      if (!isNamed) continue;
      if (item instanceof PickleOpaque && isDict) node.unread = withEntry(node.unread, key, item.call);
      const inner = item instanceof PickleOpaque ? contentsOf(item) : item;
      if (depth >= MAX_DEPTH || visited.has(inner) || !mayHoldTensors(inner)) continue;
      if (queue.length >= MAX_NODES) {
        isWhole = false;
        continue;
      }
      visited.add(inner);
      const kid = nodeOf(key, node, inner, item instanceof PickleOpaque ? item.call : node.within);
      node.kids.push(kid);
      queue.push({ node: kid, value: inner, depth: depth + 1 });
    }
  }
  return { root, isWhole };
}

/** One empty map that nodes share until they hold a tensor: most dictionaries of a checkpoint hold none. */
const NO_TENSORS: ReadonlyMap<string, TorchTensor> = new Map();
const NONE_UNREAD: ReadonlyMap<string, string> = new Map();

function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  const own = map.size === 0 ? new Map<string, T>() : (map as Map<string, T>);
  return own.set(key, value);
}

/** Tells whether a value is a dictionary or list that contains more than numbers and texts. */
function mayHoldTensors(value: PickleValue): boolean {
  if (value instanceof Map) {
    for (const item of value.values()) if (typeof item === 'object' && item !== null) return true;
    return false;
  }
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null);
}

function nodeOf(key: string, parent: TreeNode | null, value: PickleValue, within: string | null): TreeNode {
  return {
    key,
    parent,
    tensors: NO_TENSORS,
    unread: NONE_UNREAD,
    kids: [],
    within,
    isOptimizer: parent?.isOptimizer === true || isOptimizer(key, value),
    nameless: 0,
  };
}

function* itemsOf(value: PickleValue): Iterable<[PickleValue, PickleValue]> {
  if (value instanceof Map) yield* value;
  else if (Array.isArray(value)) yield* value.entries();
}

/** Returns the object's attributes, or the items of a class that is a dictionary or list. */
function contentsOf(object: PickleOpaque): PickleValue {
  return object.items ?? object.list ?? object.state;
}

/** The names of tensors that optimizers store for each parameter (torch.optim, apex, bitsandbytes, DeepSpeed). */
const OPTIMIZER_TENSORS: ReadonlySet<string> = new Set([
  ...['step', 'exp_avg', 'exp_avg_sq', 'max_exp_avg_sq', 'exp_avg_sq_row', 'exp_avg_sq_col', 'exp_inf'],
  ...['exp_avg_diff', 'momentum_buffer', 'square_avg', 'grad_avg', 'acc_delta', 'sum', 'prev', 'ax', 'mu'],
  ...['eta', 'step_size', 'slow_buffer', 'state1', 'state2', 'qmap1', 'qmap2', 'absmax1', 'absmax2', 'RMS'],
]);
const OPTIMIZER_KEY =
  /^(?:optimi[sz]ers?(?:_.*)?|optims?|.*_optimi[sz]er|.*optimi[sz]er_state(?:s|_dict)?|(?:lr_)?schedulers?|(?:grad_)?scaler|exp_avg(?:_sq)?|momentum_buffer|fp32_flat_groups|single_partition_of_fp32_groups|fp32_groups_flat|base_optimizer_state)$/i;

/** Recognises an optimizer by its key, by `param_groups` beside its state, or by what it stores for each parameter. */
function isOptimizer(key: string, value: PickleValue): boolean {
  if (OPTIMIZER_KEY.test(key)) return true;
  if (!(value instanceof Map)) return false;
  if (value.has('param_groups') || value.has('fp32_flat_groups')) return true;
  let held = 0;
  for (const [name, item] of value) {
    if (!isTensor(item)) continue;
    if (typeof name !== 'string' || !OPTIMIZER_TENSORS.has(name)) return false;
    held++;
  }
  return held > 0;
}

/** Recognises a tensor of an optimizer's state whose path was flattened to one name ("state.h.0.attn.exp_avg"). */
export function isOptimizerName(name: string): boolean {
  return /\.(?:exp_avg(?:_sq(?:_row|_col)?)?|max_exp_avg_sq|momentum_buffer)$/.test(name);
}
