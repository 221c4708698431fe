import { QKError } from '../../errors.ts';
import type { ElementDtype } from '../dtype.ts';
import { PickleGlobal, type PickleHandlers, type PickleObject, type PickleValue } from './unpickle.ts';

/** Numbers that tensors lie in: a file of the archive, or a stretch of a legacy file. */
export interface TorchStorage extends PickleObject {
  readonly kind: 'storage';
  readonly key: string;
  /** Null for an untyped one, whose tensors tell. */
  readonly dtype: ElementDtype | null;
  /** Elements, bytes for an untyped one. */
  readonly count: number;
  /** Where this view of it begins, in elements (legacy files). */
  readonly offset: number;
}

/** A view into a storage; offset and strides in elements. */
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

/** What torch.save writes for tensors and state dicts; each is rebuilt here, none is called. */
const CALLS = {
  'collections.OrderedDict': () => new Map<PickleValue, PickleValue>(),
  'torch._utils._rebuild_tensor': (args: Args) => tensorOf(args),
  'torch._utils._rebuild_tensor_v2': (args: Args) => tensorOf(args),
  // (storage, offset, size, stride, requires_grad, hooks, dtype, metadata)
  'torch._utils._rebuild_tensor_v3': (args: Args) => tensorOf(args, dtypeOf(args[6])),
  'torch._utils._rebuild_parameter': ([data]: Args) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]: Args) => data ?? null,
  'torch.nn.parameter.Parameter': ([data]: Args) => data ?? null,
  'torch.Size': ([sizes]: Args) => sizes ?? [],
} satisfies Record<string, (args: Args) => PickleValue | null>;

type Args = readonly PickleValue[];

const ALLOWED: ReadonlySet<string> = new Set([
  ...Object.keys(CALLS),
  ...Object.keys(STORAGES).map((name) => `torch.${name}`),
  ...Object.keys(DTYPES).map((name) => `torch.${name}`),
  'torch.storage.UntypedStorage',
  'torch.storage.TypedStorage',
]);

/** @param file for messages */
export function createTorchHandlers(file: string): PickleHandlers {
  return {
    allowed: ALLOWED,
    call(global, args, where) {
      const rebuild = Object.hasOwn(CALLS, global) ? CALLS[global as keyof typeof CALLS] : undefined;
      const value = rebuild?.(args);
      if (value === undefined || value === null)
        throw new QKError('file-damaged', `${file} calls ${global} with arguments that make no sense.`, {
          where,
          hint: 'Get the file again.',
        });
      return value;
    },
    persistent(id, where) {
      const storage = storageOf(id);
      if (storage !== null) return storage;
      throw new QKError('pickle-refused', `${file} refers to something that is no tensor's storage.`, {
        where,
        hint: 'A whole model was saved, perhaps: save its state_dict() instead, as safetensors.',
      });
    },
  };
}

/** ('storage', type, key, location, count), and in legacy files a view (key, offset, count) or None. */
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

function isStorage(value: PickleValue | undefined): value is TorchStorage {
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
