import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import type { TensorEntry } from '../checkpoint.ts';
import { DTYPE_BITS } from '../dtype.ts';
import { isTensor, type TorchTensor } from './torchObjects.ts';
import type { PickleValue } from './unpickle.ts';

/** Where training scripts put the weights beside other things, the likelier ones first. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'module', 'net'];
/** Nested dictionaries of a checkpoint are two or three deep; a pickle may refer to itself. */
const MAX_DEPTH = 12;

/**
 * The named tensors of a checkpoint: the state dict itself, or the one beside optimiser and epoch.
 * @throws QKError 'no-weights'
 */
export function tensorsOf(value: PickleValue, file: string): Map<string, TorchTensor> {
  const found = new Map<string, TorchTensor>();
  flatten(stateDictIn(value), '', 0, found);
  if (found.size > 0) return found;
  const keys = value instanceof Map ? [...value.keys()].slice(0, 5).map(String).join(', ') : '';
  throw new QKError('no-weights', `${file} holds no tensors${keys === '' ? '' : `, only ${keys}`}.`, {
    where: file,
    hint: 'Drop the file with the model’s weights: pytorch_model.bin, or a state dict.',
  });
}

function stateDictIn(value: PickleValue): PickleValue {
  if (!(value instanceof Map) || [...value.values()].some(isTensor)) return value;
  for (const name of WRAPPERS) {
    const inner = value.get(name);
    if (inner instanceof Map && hasTensor(inner, 0)) return stateDictIn(inner);
  }
  return value;
}

function hasTensor(value: PickleValue, depth: number): boolean {
  if (isTensor(value)) return true;
  return (
    depth < MAX_DEPTH &&
    value instanceof Map &&
    [...value.values()].some((item) => hasTensor(item, depth + 1))
  );
}

function flatten(value: PickleValue, prefix: string, depth: number, found: Map<string, TorchTensor>): void {
  if (isTensor(value)) found.set(prefix, value);
  else if (value instanceof Map && depth < MAX_DEPTH) {
    for (const [key, item] of value)
      if (typeof key === 'string' || typeof key === 'number')
        flatten(item, prefix === '' ? String(key) : `${prefix}.${key}`, depth + 1, found);
  }
}

/**
 * Where a tensor's data lie: the bytes from its first to its last element in storage order.
 * @param storage where its storage lies in the file
 * @throws QKError 'file-damaged' where it reaches beyond its storage
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
      `${name} takes ${reach} elements from element ${offset} on, and its storage has ${(storage.end - storage.begin) / size}.`,
      { where: `${source.name}, tensor ${name}`, hint: 'The file is damaged; get it again.' },
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
