// Turns an unpickled checkpoint into the places of its named tensors.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable, printableShape } from '../../printable.ts';
import type { TensorEntry, TensorShape } from '../checkpoint.ts';
import { DTYPE_BITS } from '../dtype.ts';
import type { FormatFile } from '../format.ts';
import { refusePlaceholders } from '../zeroPlaceholders.ts';
import { type TreeNode, treeOf } from './checkpointTree.ts';
import { type ChosenStateDict, chooseStateDict, nodesOf, pathOf } from './chooseStateDict.ts';
import { PickleOpaque, type PickleValue } from './pickleValue.ts';
import { isTensor, type TorchTensor } from './torchObjects.ts';
import { trainingConfig } from './trainingConfig.ts';

/** The same limit as for the headers of other formats: the largest known models have some 100,000 tensors. */
const MAX_TENSORS = 200_000;

/** The weights of a checkpoint by name, with the config that it contains. */
export interface StateDict extends Pick<FormatFile, 'config' | 'configName' | 'shapes'> {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly notes: readonly string[];
}

/**
 * Finds the named tensors of a checkpoint by its structure, and the model's arguments where the checkpoint stores them.
 * @param wants selects the tensors that matter: one of them that only a call could make is refused
 * @throws QKError 'no-weights' | 'pickle-refused' | 'too-large'
 */
export function readStateDict(
  value: PickleValue,
  file: string,
  wants?: (name: string) => boolean,
): StateDict {
  const { root, isWhole } = treeOf(value);
  const chosen = chooseStateDict(root, file);
  if (chosen.tensors.size > MAX_TENSORS)
    throw new QKError(
      'too-large',
      `${file} holds ${chosen.tensors.size} tensors, and QKScope reads at most ${MAX_TENSORS}.`,
      { where: file, hint: 'No model has that many. Drop a file that holds only the model’s weights.' },
    );
  const notes = [...chosen.notes, ...checkUnread(chosen, file, wants)];
  if (!isWhole)
    notes.push(
      `${file} holds so many nested lists and dictionaries that only the outermost ones were searched for weights.`,
    );
  if (chosen.tensors.size === 0) throw withoutTensors(root, value, file);
  refusePlaceholders(
    [...chosen.tensors].map(([name, { shape }]) => ({ name, shape })),
    file,
    wants,
  );
  refuseFlat(chosen.tensors, file);
  return { tensors: chosen.tensors, notes, shapes: shapesOf(chosen), ...trainingConfig(value, file) };
}

/** Every tensor by its shape; null where some could only be built by a call. Tied weights are views of the same storage. */
function shapesOf({ tensors, unread }: ChosenStateDict): TensorShape[] | null {
  if (unread.size > 0) return null;
  return [...tensors].map(([name, { dtype, shape, storage, offset }]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, dtype, shape, data: `${storage.key} ${storage.offset + offset} ${count}` };
  });
}

/**
 * Checks entries that only a call could make: a wanted one is refused, others are left out, with a note where they may
 * be weights.
 */
function checkUnread(
  { tensors, unread }: ChosenStateDict,
  file: string,
  wants?: (name: string) => boolean,
): string[] {
  const needed = [...unread].filter(([name]) => wants?.(name) === true);
  const due =
    needed[0] ?? (tensors.size === 0 ? [...unread].find(([name]) => name.includes('.')) : undefined);
  if (due !== undefined) throw needsCall(file, `the tensor ${printable(due[0])}`, due[1]);
  const left = [...unread].filter(([name]) => /\.(?:weight|bias|in_proj_weight|kernel)$/.test(name));
  const [first] = left;
  return first === undefined
    ? []
    : [
        `${left.length === 1 ? `${printable(first[0])} in ${file} was` : `${left.length} tensors in ${file}, such as ${printable(first[0])}, were`} left out, because only the call ${printable(first[1])} could build ${left.length === 1 ? 'it' : 'them'}.`,
      ];
}

function needsCall(file: string, what: string, call: string): QKError {
  return new QKError(
    'pickle-refused',
    `${file} needs the call ${printable(call)} to build ${what}, and QKScope doesn’t run calls from a file.`,
    {
      where: file,
      hint: 'If you trust the file, load it in Python and save its state dict as safetensors.',
    },
  );
}

/** Says why a checkpoint has no named tensors, by what it contains. */
function withoutTensors(root: TreeNode, value: PickleValue, file: string): QKError {
  const nodes = [...nodesOf(root)];
  const hidden = nodes.find(
    ({ within, isOptimizer, tensors }) => within !== null && !isOptimizer && tensors.size > 0,
  );
  if (hidden !== undefined)
    return needsCall(
      file,
      `its weights${hidden === root ? '' : ` under "${pathOf(hidden)}"`}`,
      hidden.within!,
    );
  const hint =
    'Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.';
  const optimizer = nodes.find(({ isOptimizer }) => isOptimizer);
  if (optimizer !== undefined)
    return new QKError('no-weights', `${file} holds the state of an optimizer, not a model’s weights.`, {
      where: file,
      hint: 'Drop the model’s own file from the same folder, such as model.safetensors, pytorch_model.bin or mp_rank_00_model_states.pt.',
    });
  const nameless = isTensor(value) ? { nameless: 1 } : nodes.find((node) => node.nameless > 0);
  if (nameless !== undefined)
    return new QKError(
      'no-weights',
      `${file} holds ${nameless.nameless === 1 ? 'a tensor without a name' : `${nameless.nameless} tensors in a list, without names`}.`,
      {
        where: file,
        hint: 'Without names QKScope can’t tell which tensors are query and key weights. Save the model’s state_dict() instead.',
      },
    );
  if (value instanceof PickleOpaque)
    return new QKError(
      'no-weights',
      `${file} holds no tensors, only an object of the class ${printable(value.call)}.`,
      {
        where: file,
        hint,
      },
    );
  const keys = value instanceof Map ? [...value.keys()].slice(0, 5).map(String).join(', ') : '';
  return new QKError(
    'no-weights',
    `${file} holds no tensors${keys === '' ? '' : `, only entries named ${printable(keys)}`}.`,
    {
      where: file,
      hint,
    },
  );
}

/**
 * Refuses FSDP's format, which stores all weights of a module in one vector and cuts it among the ranks
 * (torch/distributed/fsdp/_flat_param.py).
 */
function refuseFlat(tensors: ReadonlyMap<string, TorchTensor>, file: string): void {
  const flat = [...tensors].find(([name]) => /(?:^|[._])flat_param(?:$|[._])/.test(name));
  if (flat === undefined || [...tensors.values()].some(({ shape }) => shape.length > 1)) return;
  throw new QKError(
    'no-weights',
    `${file} holds weights that FSDP flattened into vectors (${printable(flat[0])}) instead of the matrices themselves.`,
    { where: file, hint: 'Save the model with StateDictType.FULL_STATE_DICT, and drop that file.' },
  );
}

/**
 * Returns where a tensor's data is stored: the bytes from its first to its last element in storage order.
 * @param storage the place of its storage in the file
 * @throws QKError 'file-damaged' where the tensor reaches beyond its storage
 */
export function entryOf(
  name: string,
  { dtype, offset, shape, strides }: TorchTensor,
  storage: { readonly begin: number; readonly end: number },
  source: ByteSource,
): TensorEntry {
  const size = DTYPE_BITS[dtype] / 8;
  const isEmpty = shape.some((length) => length === 0);
  const reach = isEmpty ? 0 : shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 1);
  const begin = storage.begin + offset * size;
  const end = begin + reach * size;
  if (!Number.isSafeInteger(end) || end > storage.end) {
    throw new QKError(
      'file-damaged',
      `${printable(name)} in ${source.name} needs ${reach} elements from element ${offset} on for its shape ${printableShape(shape)}, but its storage has only ${(storage.end - storage.begin) / size}.`,
      { where: `${source.name}, tensor ${printable(name)}`, hint: 'The file is damaged. Download it again.' },
    );
  }
  return { name, dtype, shape, source, begin, end, ...(isRowMajor(shape, strides) ? {} : { strides }) };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of a dimension of one is never used.
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}
