// Rebuilds the tensors, storages and containers of a PyTorch pickle as data.
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { ElementDtype } from '../dtype.ts';
import { isForbiddenCall } from './forbiddenCalls.ts';
import {
  PickleGlobal,
  type PickleHandlers,
  type PickleObject,
  PickleOpaque,
  type PickleValue,
} from './pickleValue.ts';

/** The numbers that tensors refer to: a file of the archive, or a range of a legacy file. */
export interface TorchStorage extends PickleObject {
  readonly kind: 'storage';
  readonly key: string;
  /** Null for an untyped storage, whose tensors have the dtype. */
  readonly dtype: ElementDtype | null;
  /** The number of elements; of bytes for an untyped storage. */
  readonly count: number;
  /** The start of this view, in elements (legacy files). */
  readonly offset: number;
}

/** A view into a storage; its offset and strides are in elements. */
export interface TorchTensor extends PickleObject {
  readonly kind: 'tensor';
  readonly storage: TorchStorage;
  readonly dtype: ElementDtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const STORAGES: Readonly<Record<string, ElementDtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
  QInt8Storage: 'I8',
  QUInt8Storage: 'U8',
  QInt32Storage: 'I32',
};

const DTYPES: Readonly<Record<string, ElementDtype>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
};

/**
 * The calls that torch.save writes for tensors and state dicts, and Python's containers: each is rebuilt as data, none
 * is executed. A result of null means that the arguments are invalid.
 */
const CALLS: Readonly<Record<string, (args: Args) => PickleValue | null>> = {
  'collections.OrderedDict': dictOf,
  // (factory, …): the value that it would make for a missing key doesn't matter.
  'collections.defaultdict': ([, ...rest]) => dictOf(rest),
  'collections.Counter': dictOf,
  'builtins.dict': dictOf,
  'builtins.list': listOf,
  'builtins.tuple': listOf,
  'builtins.set': listOf,
  'builtins.frozenset': listOf,
  'torch._utils._rebuild_tensor': (args) => tensorOf(args),
  'torch._utils._rebuild_tensor_v2': (args) => (isNegated(args[6]) ? null : tensorOf(args)),
  // (storage, offset, size, stride, requires_grad, hooks, dtype, metadata)
  'torch._utils._rebuild_tensor_v3': (args) => (isNegated(args[7]) ? null : tensorOf(args, dtypeOf(args[6]))),
  'torch._utils._rebuild_parameter': ([data]) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]) => data ?? null,
  'torch._tensor._rebuild_from_type_v2': fromType,
  'torch.nn.parameter.Parameter': ([data]) => data ?? null,
  'torch.nn.parameter.Buffer': ([data]) => data ?? null,
  'torch.Size': ([sizes]) => sizes ?? [],
};

/** The classes whose tensors hold plain numbers. */
const PLAIN_TENSORS: ReadonlySet<string> = new Set([
  'torch.Tensor',
  'torch._tensor.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
]);

type Args = readonly PickleValue[];
/** The most arguments of any call that is inspected. */
const MAX_ARGUMENTS = 10;

/**
 * Makes the handlers of a PyTorch pickle. Calls of the list above are rebuilt. Any other call becomes a placeholder, so
 * that a Namespace or a numpy number beside the weights does no harm; a call that would run code when Python loads the
 * file is refused.
 * @param file its name, for messages
 */
export function createTorchHandlers(file: string): PickleHandlers {
  return {
    call(global, args, where) {
      const name = global.replace(/^__builtin__\./, 'builtins.');
      if (isForbiddenCall(name)) throw forbidden(file, name, where);
      const rebuild = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
      if (rebuild === undefined) return new PickleOpaque(describeCall(name, args));
      const value = rebuild(args);
      if (value !== null) return value;
      // A tensor made of a placeholder is a placeholder too: it is reported where it is needed.
      const unknown = args.slice(0, MAX_ARGUMENTS).find((arg) => arg instanceof PickleOpaque);
      if (unknown instanceof PickleOpaque) return new PickleOpaque(unknown.call);
      if (isNegated(args[6]) || isNegated(args[7]) || name === 'torch._tensor._rebuild_from_type_v2')
        return new PickleOpaque(describeCall(name, args));
      throw new QKError(
        'file-damaged',
        `${file} calls ${name} with arguments that don’t describe a tensor.`,
        {
          where,
          hint: 'The file is damaged. Download it again.',
        },
      );
    },
    persistent(id, where) {
      const storage = storageOf(id);
      if (storage !== null) return storage;
      const [kind, type] = Array.isArray(id) ? id : [];
      const name = type instanceof PickleGlobal ? ` (${printable(type.name)})` : '';
      if (typeof id === 'string')
        throw new QKError(
          'format-unsupported',
          `${file} was saved with pickle protocol 0, which doesn’t record where the weights are stored.`,
          {
            where,
            hint: 'Save the weights again with torch.save and its default protocol, or as safetensors.',
          },
        );
      if (kind === 'storage' && name !== '') return new PickleOpaque((type as PickleGlobal).name);
      throw new QKError(
        'pickle-refused',
        `${file} refers to an object that isn’t the storage of a tensor${name}.`,
        {
          where,
          hint: 'It may be a whole pickled model. Save the model’s state_dict() instead, as safetensors.',
        },
      );
    },
  };
}

function forbidden(file: string, name: string, where: string): QKError {
  return new QKError(
    'pickle-refused',
    `${file} calls ${printable(name)}, which would run code when Python loads the file. No checkpoint of weights needs that.`,
    {
      where,
      hint: 'QKScope ran nothing. Don’t load this file in Python. Get the weights from a source that you trust, as safetensors.',
    },
  );
}

/** Names the class that is rebuilt, which says more than the function that rebuilds it. */
function describeCall(name: string, args: Args): string {
  const wraps = /^copy_?reg\.|_rebuild_from_type|^torch\._utils\._rebuild_wrapper_subclass$/.test(name);
  const type = wraps
    ? args.slice(0, MAX_ARGUMENTS).find((arg) => arg instanceof PickleGlobal && !/_rebuild_/.test(arg.name))
    : undefined;
  return type instanceof PickleGlobal ? type.name : name;
}

/** Maps made of lists of pairs, so that each list is converted once, however often a pickle refers to it. */
const OF_PAIRS = new WeakMap<PickleValue[], Map<PickleValue, PickleValue>>();

/**
 * Makes a dictionary of nothing, of pairs of keys and values (Python 2), or of another dictionary, which is used
 * unchanged.
 */
function dictOf([content]: Args): PickleValue | null {
  if (content instanceof Map) return content;
  if (content === undefined || content === null || content instanceof PickleOpaque) return new Map();
  if (!Array.isArray(content)) return null;
  const known = OF_PAIRS.get(content);
  if (known !== undefined) return known;
  const dict = new Map<PickleValue, PickleValue>();
  for (const pair of content) {
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    dict.set(pair[0]!, pair[1]!);
  }
  OF_PAIRS.set(content, dict);
  return dict;
}

function listOf([items]: Args): PickleValue | null {
  if (items === undefined) return [];
  return Array.isArray(items) ? items : new PickleOpaque('builtins.list');
}

/** (function, type, arguments, state): rebuilds a plain tensor by its function; null for any other class. */
function fromType([rebuild, type, args]: Args): PickleValue | null {
  if (!(rebuild instanceof PickleGlobal && type instanceof PickleGlobal && Array.isArray(args))) return null;
  const known =
    rebuild.name.startsWith('torch._utils._rebuild_') && PLAIN_TENSORS.has(type.name)
      ? CALLS[rebuild.name]
      : undefined;
  return known?.(args) ?? null;
}

/** Recognises views whose stored numbers have the opposite sign or are conjugated (torch.Tensor.is_neg, is_conj). */
function isNegated(metadata: PickleValue | undefined): boolean {
  return metadata instanceof Map && (metadata.get('neg') === true || metadata.get('conj') === true);
}

/**
 * Reads a storage's id: ('storage', type, key, location, count), and in legacy files also a view (key, offset, count)
 * or None.
 */
function storageOf(id: PickleValue): TorchStorage | null {
  if (!Array.isArray(id) || id[0] !== 'storage') return null;
  const [, type, key, , count, view] = id;
  if (!(type instanceof PickleGlobal) || typeof key !== 'string' || !isCount(count)) return null;
  const name = type.name.slice(type.name.lastIndexOf('.') + 1);
  const dtype = Object.hasOwn(STORAGES, name) ? STORAGES[name]! : null;
  if (dtype === null && name !== 'UntypedStorage') return null;
  if (view === undefined || view === null) return { kind: 'storage', key, dtype, count, offset: 0 };
  const offset = Array.isArray(view) ? view[1] : undefined;
  return isCount(offset) ? { kind: 'storage', key, dtype, count, offset } : null;
}

function tensorOf([storage, offset, shape, strides]: Args, dtype?: ElementDtype): TorchTensor | null {
  if (!isStorage(storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) return null;
  const own = dtype ?? storage.dtype;
  if (own === null || shape.length !== strides.length) return null;
  return { kind: 'tensor', storage, dtype: own, offset: offset + storage.offset, shape, strides };
}

function dtypeOf(value: PickleValue | undefined): ElementDtype | undefined {
  const name = value instanceof PickleGlobal ? value.name.replace(/^torch\./, '') : '';
  return Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
}

export function isTensor(value: PickleValue | undefined): value is TorchTensor {
  return isObject(value) && value.kind === 'tensor';
}

export function isStorage(value: PickleValue | undefined): value is TorchStorage {
  return isObject(value) && value.kind === 'storage';
}

function isObject(value: PickleValue | undefined): value is PickleObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof PickleGlobal)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every(isCount);
}
