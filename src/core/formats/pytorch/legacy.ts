// Reads the files that torch.save wrote before PyTorch 1.6.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { DTYPE_BITS } from '../dtype.ts';
import type { FormatContext, FormatFile } from '../format.ts';
import { MAX_PICKLE_BYTES } from './archive.ts';
import { PickleEnds, type PickleHandlers, type PickleValue } from './pickleValue.ts';
import { entryOf, readStateDict } from './stateDict.ts';
import { createTorchHandlers, isStorage, type TorchStorage } from './torchObjects.ts';
import { unpickle } from './unpickle.ts';

/** The number that every legacy file begins with, as a pickle (torch/serialization.py, MAGIC_NUMBER). */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
/** The first pickle is much shorter than this in any protocol. */
const MAGIC_BYTES = 64;

/**
 * Recognises the format of torch.save before 1.6 (which later versions can still write) by the value of its first
 * pickle.
 */
export function isLegacy(start: Uint8Array): boolean {
  if (start[0] !== 0x80 && start[0] !== 0x4c) return false;
  const bytes = start.subarray(0, MAGIC_BYTES);
  try {
    return unpickle(bytes, 0, createTorchHandlers(''), '').value === MAGIC_NUMBER;
  } catch (error) {
    if (error instanceof PickleEnds || error instanceof QKError) return false;
    throw error;
  }
}

/** The size of the first read, in which most heads fit; it grows fourfold until the head does. */
const FIRST_READ_BYTES = 1024 * 1024;
const PROTOCOL = 1001;

/**
 * Reads the format of torch.save before 1.6: five pickles (magic, protocol, system, object, storage keys), then for
 * each key a 64-bit element count and the storage itself. The head therefore determines every place.
 */
export async function readLegacy(source: ByteSource, { wants, signal }: FormatContext): Promise<FormatFile> {
  const { bytes, head } = await readHead(source, signal);
  const { tensors, ...told } = readStateDict(head.object, source.name, wants);
  const places = new Map<string, { begin: number; end: number }>();
  let at = head.end;
  for (const key of head.keys) {
    const storage = head.storages.get(key);
    if (storage?.dtype === undefined || storage.dtype === null)
      throw damaged(source, `lists the storage ${printable(key)}, but doesn't describe it`);
    const begin = at + 8;
    at = begin + storage.count * (DTYPE_BITS[storage.dtype] / 8);
    places.set(key, { begin, end: at });
  }
  if (at !== source.size)
    throw damaged(source, `has ${source.size} bytes, but its storages should end at byte ${at}`);
  const entries = [...tensors].map(([name, tensor]) => {
    const place = places.get(tensor.storage.key);
    if (place === undefined) throw damaged(source, `has no data for ${printable(name)}`);
    return entryOf(name, tensor, place, source);
  });
  return { tensors: entries, fetched: bytes.length, header: bytes.slice(0, head.end), ...told };
}

interface Head {
  readonly object: PickleValue;
  readonly keys: readonly string[];
  readonly storages: ReadonlyMap<string, TorchStorage>;
  readonly end: number;
}

async function readHead(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; head: Head }> {
  for (let size = FIRST_READ_BYTES; ; size *= 4) {
    const length = Math.min(size, source.size);
    const bytes = await source.read(0, length, { signal });
    try {
      return { bytes, head: parseHead(bytes, source) };
    } catch (error) {
      if (!(error instanceof PickleEnds)) throw error;
      if (length === source.size || size >= MAX_PICKLE_BYTES)
        throw damaged(source, 'is cut off: it ends before its weights begin');
    }
  }
}

function parseHead(bytes: Uint8Array, source: ByteSource): Head {
  const handlers = createTorchHandlers(source.name);
  const storages = new Map<string, TorchStorage>();
  const remembering: PickleHandlers = {
    ...handlers,
    persistent(id, where) {
      const storage = handlers.persistent(id, where);
      if (!isStorage(storage)) return storage;
      const known = storages.get(storage.key);
      if (known !== undefined && (known.count !== storage.count || known.dtype !== storage.dtype))
        throw damaged(source, `describes the storage ${printable(storage.key)} in two contradictory ways`);
      storages.set(storage.key, storage);
      return storage;
    },
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, at, remembering, source.name);
    at = end;
    return value;
  };
  next();
  const protocol = next();
  if (protocol !== PROTOCOL)
    throw damaged(source, `uses the unknown protocol ${printable(String(protocol))}`);
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true)
    throw damaged(
      source,
      'doesn’t say that it was saved on a little-endian machine, and QKScope reads only little-endian weights',
    );
  const object = next();
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string'))
    throw damaged(source, 'has no list of storages');
  return { object, keys: keys as string[], storages, end: at };
}

function damaged(source: ByteSource, what: string): QKError {
  return new QKError('file-damaged', `${source.name} ${what}.`, {
    where: source.name,
    hint: 'The download may have stopped early. Download the file again.',
  });
}
