// Reads the header of a safetensors file and checks it as the Rust reference does.
import type { ByteSource } from '../bytes/byteSource.ts';
import { printable, printableShape } from '../printable.ts';
import type { TensorEntry } from './checkpoint.ts';
import { DTYPE_BITS } from './dtype.ts';
import { AGAIN, KIND_BYTES, kindOfFile, MAX_SAFETENSORS_HEADER, notOfKind } from './fileKind.ts';
import type { Format, FormatFile } from './format.ts';
import { fault, parseInfos, type TensorInfo, U64_LIMIT } from './safetensorsHeader.ts';
import { refusePlaceholders } from './zeroPlaceholders.ts';

/** The size of the first read: 97 % of all headers are under 100 kB, so one read almost always suffices. */
const FIRST_READ_BYTES = 128 * 1024;
export interface SafetensorsFile extends FormatFile {
  /** The end of the header: 8 + N, its length field included. */
  readonly headerEnd: number;
}

export const safetensors: Format = {
  id: 'safetensors',
  name: 'safetensors',
  extensions: ['safetensors'],
  read: async (source, { wants, signal }) => {
    const file = await readSafetensors(source, signal);
    refusePlaceholders(file.tensors, source.name, wants);
    return file;
  },
};

/**
 * Reads the header of a safetensors file: u64 little-endian N, N bytes of JSON, data. Only the header is read.
 * Checks what the Rust reference checks, in its order (safetensors/src/tensor.rs, `SafeTensors::read_metadata` and
 * `Metadata::validate`), so that a file is refused for the same fault.
 * @throws QKError 'safetensors-…' with the tensor or offset in `where`
 */
export async function readSafetensors(source: ByteSource, signal?: AbortSignal): Promise<SafetensorsFile> {
  if (source.size === 0) {
    throw fault('safetensors-header-too-small', source, 'is empty (0 bytes)', 'byte 0', AGAIN);
  }
  if (source.size < 8) {
    throw fault(
      'safetensors-header-too-small',
      source,
      `has only ${source.size} bytes, and a safetensors file begins with a header length of 8 bytes`,
    );
  }
  const first = await source.read(0, Math.min(source.size, FIRST_READ_BYTES), { signal });
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  // A header of less than 4 GB has four zero bytes at that place, which no other known kind of file has.
  const kind =
    length < 2n ** 32n ? null : kindOfFile(first.subarray(0, KIND_BYTES), source.size, source.name);
  if (kind !== null) throw notOfKind(source, kind, 'a safetensors file');
  // The length is compared as a BigInt, because a Number would round values over 2^53.
  if (length > BigInt(MAX_SAFETENSORS_HEADER)) {
    throw fault(
      'safetensors-header-too-large',
      source,
      `claims that its header has ${length} bytes, and the format allows at most ${MAX_SAFETENSORS_HEADER}`,
      'byte 0',
    );
  }
  const headerEnd = 8 + Number(length);
  if (headerEnd > source.size) {
    throw fault(
      'safetensors-header-length',
      source,
      `is cut off: its header should end at byte ${headerEnd}, but the file has only ${source.size} bytes`,
      'byte 0',
    );
  }
  const header =
    first.length >= headerEnd ? first.slice(0, headerEnd) : await readRest(source, first, headerEnd, signal);
  return {
    tensors: parseHeader(header.subarray(8), source, headerEnd),
    headerEnd,
    fetched: Math.max(first.length, headerEnd),
    header,
  };
}

async function readRest(source: ByteSource, first: Uint8Array, headerEnd: number, signal?: AbortSignal) {
  const header = new Uint8Array(headerEnd);
  header.set(first);
  await source.read(first.length, headerEnd, { signal, into: header.subarray(first.length) });
  return header;
}

function parseHeader(json: Uint8Array, source: ByteSource, headerEnd: number): TensorEntry[] {
  const text = decodeUtf8(json, source);
  const padding = nulPadding(text);
  const infos = parseInfos(text.slice(0, text.length - padding), source);
  checkPlaces(infos, source, headerEnd);
  if (padding > 0) {
    throw fault(
      'safetensors-header-json',
      source,
      `has ${padding} NUL bytes after the JSON of its header, where the format allows only spaces. The weights themselves are complete`,
      `bytes ${headerEnd - padding} to ${headerEnd - 1}`,
      'The tool that wrote the file made a mistake. Replace these bytes with spaces (0x20), or save the weights again with the safetensors library.',
    );
  }
  return infos.map(({ begin, end, shape, ...info }) => ({
    ...info,
    shape: shape.map(Number),
    source,
    begin: headerEnd + Number(begin),
    end: headerEnd + Number(end),
  }));
}

/** Counts the NUL characters at the end of the header. */
function nulPadding(text: string): number {
  let count = 0;
  while (text.charCodeAt(text.length - 1 - count) === 0) count++;
  return count;
}

/** Checks that every byte of the data belongs to exactly one tensor, in order. Sorts `infos` by offset. */
function checkPlaces(infos: TensorInfo[], source: ByteSource, headerEnd: number): void {
  infos.sort((a, b) => compare(a.begin, b.begin) || compare(a.end, b.end));
  let previousEnd = 0n;
  for (const info of infos) {
    if (info.begin !== previousEnd || info.end < info.begin) {
      const what =
        info.begin < previousEnd
          ? `overlapping the tensor before it, which ends at byte ${previousEnd}`
          : `leaving bytes ${previousEnd} to ${info.begin} unused`;
      throw fault(
        'safetensors-offsets',
        source,
        `places tensor "${printable(info.name)}" at bytes ${info.begin} to ${info.end} of its data, ${info.end < info.begin ? 'which end before they begin' : what}`,
        `tensor ${printable(info.name)}`,
      );
    }
    checkSize(info, source);
    previousEnd = info.end;
  }
  const dataEnd = BigInt(headerEnd) + previousEnd;
  const size = BigInt(source.size);
  if (dataEnd !== size) {
    const difference = size - dataEnd;
    throw fault(
      'safetensors-incomplete',
      source,
      difference < 0
        ? `is cut off: its data should end at byte ${dataEnd}, but the file has only ${source.size} bytes`
        : `has ${difference} bytes after its last tensor, which the format doesn't allow`,
      `byte ${dataEnd < size ? dataEnd : size}`,
      difference < 0 ? 'The download may have stopped early. Download the file again.' : undefined,
    );
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function decodeUtf8(bytes: Uint8Array, source: ByteSource): string {
  try {
    // ignoreBOM keeps a BOM in the text, where JSON then refuses it, as the reference does.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fault(
      'safetensors-header-utf8',
      source,
      "has a header that isn't valid UTF-8 text",
      'byte 8',
      undefined,
      cause,
    );
  }
}

function checkSize(info: TensorInfo, source: ByteSource): void {
  const where = `tensor ${printable(info.name)}`;
  let bits = 1n;
  for (const factor of [...info.shape, BigInt(DTYPE_BITS[info.dtype])]) {
    bits *= factor;
    if (bits >= U64_LIMIT) {
      throw fault(
        'safetensors-overflow',
        source,
        `gives tensor "${printable(info.name)}" the shape ${printableShape(info.shape)}, whose size overflows 64 bits`,
        where,
      );
    }
  }
  if (bits % 8n !== 0n) {
    throw fault(
      'safetensors-tensor-info',
      source,
      `gives tensor "${printable(info.name)}" ${bits} bits, which isn't a whole number of bytes`,
      where,
    );
  }
  if (bits / 8n !== info.end - info.begin) {
    throw fault(
      'safetensors-tensor-info',
      source,
      `gives tensor "${printable(info.name)}" ${info.end - info.begin} bytes, but ${info.dtype} of shape ${printableShape(info.shape)} takes ${bits / 8n}`,
      where,
    );
  }
}
