// Parses the header of a GGUF file within limits on counts and lengths.
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';

/**
 * A value of the metadata. Long lists (a tokenizer's vocabulary) and long texts are skipped, and only their length is
 * stored.
 */
export type GgufValue = number | boolean | string | readonly (number | boolean | string)[] | GgufSkipped;

export interface GgufSkipped {
  readonly skipped: number;
}

export interface GgufTensorInfo {
  readonly name: string;
  /** The shape in PyTorch's order, outermost dimension first; the file lists the innermost first. */
  readonly shape: readonly number[];
  /** ggml_type */
  readonly type: number;
  /** Offset in bytes from the start of the data. */
  readonly offset: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensorInfo[];
  /** The end of the header; the data begins at the next multiple of the alignment. */
  readonly end: number;
}

/** Thrown when the bytes end before the header does: reading more may help. */
export class GgufEnds extends Error {}

/**
 * The largest known models have some 3,000 tensors and 100 keys; a higher count is damage, and would only take memory.
 */
const MAX_TENSORS = 200_000;
const MAX_KEYS = 100_000;
/** The longest texts in real files are chat templates of some 100 kB. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** The longest lists in real files are tokenizers' vocabularies of up to 300,000 words. */
const MAX_ITEMS = 16_000_000;
/** Head counts for each layer are stored; longer lists belong to the tokenizer. */
const KEPT_ITEMS = 4096;
/** Limit on the stored items of all lists together: some ten lists have a number for each layer. */
const MAX_KEPT_ITEMS = 1_000_000;
/** Names and model types are short; a longer text is a chat template or a licence, and isn't stored. */
const KEPT_TEXT_BYTES = 4096;
const MAX_DIMENSIONS = 4;

/** Bytes of the fixed-size value types, by gguf_metadata_value_type. */
const SIZES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const TEXT = 8;
const LIST = 9;

/**
 * Parses a GGUF header (ggml/docs/gguf.md), versions 1 to 3, little-endian.
 * @throws QKError 'file-damaged' | 'format-unsupported'; GgufEnds
 */
export function parseGgufHeader(bytes: Uint8Array, file: string): GgufHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = 4;
  let kept = 0;
  const damaged = (what: string) =>
    new QKError('file-damaged', `${file} ${what}.`, {
      where: `${file}, byte ${at}`,
      hint: 'The file is damaged. Download it again.',
    });
  const need = (count: number) => {
    if (at + count > bytes.length) throw new GgufEnds();
  };
  const u32 = () => {
    need(4);
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const version = u32();
  if (version < 1 || version > 3) {
    const isBigEndian = version >>> 24 !== 0 && (version & 0xffff) === 0;
    throw new QKError(
      'format-unsupported',
      isBigEndian
        ? `${file} is a big-endian GGUF file, and QKScope reads only little-endian ones.`
        : `${file} is a GGUF file of version ${version}, and QKScope reads versions 1 to 3.`,
      { where: file, hint: 'Get a little-endian GGUF file of version 2 or 3, as most are.' },
    );
  }
  /** Reads a count or length, which has 32 bits in version 1. */
  const size = (limit: number, what: string) => {
    if (version === 1) return checkSize(BigInt(u32()), limit, what);
    need(8);
    at += 8;
    return checkSize(view.getBigUint64(at - 8, true), limit, what);
  };
  const checkSize = (value: bigint, limit: number, what: string) => {
    if (value > BigInt(limit)) throw damaged(`claims to have ${value} ${what}, more than any model has`);
    return Number(value);
  };
  const text = () => {
    const length = size(MAX_TEXT_BYTES, 'bytes in a single text');
    need(length);
    at += length;
    return decoder.decode(bytes.subarray(at - length, at));
  };
  const skipText = () => {
    const length = size(MAX_TEXT_BYTES, 'bytes in a single text');
    need(length);
    at += length;
    return length;
  };
  const textValue = (): GgufValue => {
    const length = skipText();
    return length > KEPT_TEXT_BYTES ? { skipped: length } : decoder.decode(bytes.subarray(at - length, at));
  };
  const scalar = (type: number): number | boolean => {
    need(SIZES[type]!);
    const from = at;
    at += SIZES[type]!;
    switch (type) {
      case 0:
        return view.getUint8(from);
      case 1:
        return view.getInt8(from);
      case 2:
        return view.getUint16(from, true);
      case 3:
        return view.getInt16(from, true);
      case 4:
        return view.getUint32(from, true);
      case 5:
        return view.getInt32(from, true);
      case 6:
        return view.getFloat32(from, true);
      case 7:
        return view.getUint8(from) !== 0;
      case 10:
        return Number(view.getBigUint64(from, true));
      case 11:
        return Number(view.getBigInt64(from, true));
      default:
        return view.getFloat64(from, true);
    }
  };
  const list = (): GgufValue => {
    const type = u32();
    const count = size(MAX_ITEMS, 'items in a single list');
    if (type === TEXT) {
      for (let i = 0; i < count; i++) skipText();
      return { skipped: count };
    }
    if (SIZES[type] === undefined || type === LIST)
      throw damaged(`has a list whose items have the unknown type ${type} in its metadata`);
    kept += count > KEPT_ITEMS ? 0 : count;
    if (count > KEPT_ITEMS || kept > MAX_KEPT_ITEMS) {
      need(count * SIZES[type]);
      at += count * SIZES[type];
      return { skipped: count };
    }
    return Array.from({ length: count }, () => scalar(type));
  };

  const tensorCount = size(MAX_TENSORS, 'tensors');
  const keyCount = size(MAX_KEYS, 'metadata entries');
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = text();
    const type = u32();
    if (type === TEXT) metadata.set(key, textValue());
    else if (type === LIST) metadata.set(key, list());
    else if (SIZES[type] !== undefined) metadata.set(key, scalar(type));
    else throw damaged(`gives the metadata entry ${printable(key)} the unknown type ${type}`);
  }
  const tensors: GgufTensorInfo[] = [];
  for (let i = 0; i < tensorCount; i++) {
    const name = text();
    const dimensions = u32();
    if (dimensions > MAX_DIMENSIONS)
      throw damaged(
        `gives ${printable(name)} ${dimensions} dimensions, and the format allows ${MAX_DIMENSIONS}`,
      );
    const shape: number[] = [];
    for (let axis = 0; axis < dimensions; axis++)
      shape.unshift(size(Number.MAX_SAFE_INTEGER, `elements along an axis of ${printable(name)}`));
    const type = u32();
    need(8);
    at += 8;
    const offset = checkSize(
      view.getBigUint64(at - 8, true),
      Number.MAX_SAFE_INTEGER,
      `bytes before ${printable(name)}`,
    );
    tensors.push({ name, shape, type, offset });
  }
  return { version, metadata, tensors, end: at };
}
