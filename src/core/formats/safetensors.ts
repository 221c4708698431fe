import type { ByteSource } from '../bytes/byteSource.ts';
import { QKError } from '../errors.ts';
import { isJsonObject } from '../jsonValue.ts';
import { printable, printableShape } from '../printable.ts';
import type { TensorEntry } from './checkpoint.ts';
import { DTYPE_BITS, type ElementDtype, isElementDtype } from './dtype.ts';
import { AGAIN, KIND_BYTES, kindOfFile, MAX_SAFETENSORS_HEADER, notOfKind } from './fileKind.ts';
import type { Format, FormatFile } from './format.ts';
import { lineAndColumn, scanJson } from './scanJson.ts';
import { refusePlaceholders } from './zeroPlaceholders.ts';

/** Nearly all headers are shorter (97 % are under 100 kB), so that one read suffices. */
const FIRST_READ_BYTES = 128 * 1024;
const U64_LIMIT = 2n ** 64n;
/**
 * The largest known models have some 100,000 tensors, in all their shards; each takes some 300 bytes of memory here.
 */
const MAX_TENSORS = 200_000;
/** A header's tensors have some ten values each; its metadata may have as many again. */
const MAX_VALUES = 4_000_000;
/** The file, a tensor, its shape: what is deeper lies in the metadata, which the format doesn't allow. */
const MAX_DEPTH = 64;

export interface SafetensorsFile extends FormatFile {
  /** 8 + N: the length and the header itself. */
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
  // A header of less than 4 GB has four zero bytes there, which no other known kind of file has.
  const kind =
    length < 2n ** 32n ? null : kindOfFile(first.subarray(0, KIND_BYTES), source.size, source.name);
  if (kind !== null) throw notOfKind(source, kind, 'a safetensors file');
  // Compared as BigInt: a length over 2^53 would be rounded as a Number.
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

interface TensorInfo {
  readonly name: string;
  readonly dtype: ElementDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
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
  return infos.map(({ begin, end, ...info }) => ({
    ...info,
    source,
    begin: headerEnd + begin,
    end: headerEnd + end,
  }));
}

/** How many NUL characters stand at the end of the header. */
function nulPadding(text: string): number {
  let count = 0;
  while (text.charCodeAt(text.length - 1 - count) === 0) count++;
  return count;
}

/** Every byte of the data belongs to one tensor, in order. Sorts `infos` by their places. */
function checkPlaces(infos: TensorInfo[], source: ByteSource, headerEnd: number): void {
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let previousEnd = 0;
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
  if (headerEnd + previousEnd !== source.size) {
    const difference = source.size - headerEnd - previousEnd;
    throw fault(
      'safetensors-incomplete',
      source,
      difference < 0
        ? `is cut off: its data should end at byte ${headerEnd + previousEnd}, but the file has only ${source.size} bytes`
        : `has ${difference} bytes after its last tensor, which the format doesn't allow`,
      `byte ${Math.min(source.size, headerEnd + previousEnd)}`,
      difference < 0 ? 'The download may have stopped early. Download the file again.' : undefined,
    );
  }
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

function parseInfos(text: string, source: ByteSource): TensorInfo[] {
  const json = (what: string, where?: string, hint?: string) =>
    fault('safetensors-header-json', source, what, where, hint);
  const scan = scanJson(text, { depth: MAX_DEPTH, values: MAX_VALUES, allowNonFinite: false });
  if (scan.fault !== null) {
    const { column } = lineAndColumn(text, scan.fault.offset);
    throw json(
      `has a header that can't be read as JSON: at character ${column}, ${printable(scan.fault.what)}`,
      'byte 8',
    );
  }
  const parsed: unknown = JSON.parse(text);
  if (!isJsonObject(parsed)) throw json("has a header that isn't a JSON object", 'byte 8');
  // JSON.parse takes 1.0, 1e3 and -0 for whole numbers; the reference takes digits alone.
  if (scan.oddNumber !== null)
    throw json(`has a header with ${printable(scan.oddNumber)} where a whole number should be`);
  const names = Object.keys(parsed);
  if (names.length > MAX_TENSORS + 1)
    throw json(
      `lists ${names.length} tensors, and QKScope reads at most ${MAX_TENSORS}`,
      'byte 8',
      'No model has that many. Get the file again from its source.',
    );
  const infos: TensorInfo[] = [];
  // Duplicate names: the last wins, as in the reference's map; the first then usually shows up as a gap.
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (!isJsonObject(value)) throw json("has a __metadata__ that isn't a JSON object", '__metadata__');
      const odd = Object.entries(value).find(([, entry]) => typeof entry !== 'string');
      if (odd !== undefined)
        throw json(
          `has a __metadata__ entry "${printable(odd[0])}" that isn't text, which the format forbids. No weight depends on it`,
          '__metadata__',
          'The tool that wrote the file made a mistake. Save the weights again with text as metadata, or without metadata.',
        );
      continue;
    }
    const shown = printable(name);
    const where = `tensor ${shown}`;
    if (!isJsonObject(value))
      throw json(`describes tensor "${shown}" with something that isn't a JSON object`, where);
    const { dtype, shape, data_offsets: offsets } = value;
    if (!isElementDtype(dtype))
      throw json(
        `gives tensor "${shown}" ${typeof dtype === 'string' ? `the unknown dtype ${printable(JSON.stringify(dtype))}` : "a dtype that isn't text"}`,
        where,
      );
    if (!isCounts(shape))
      throw json(`gives tensor "${shown}" a shape that isn't a list of whole numbers`, where);
    if (!isCounts(offsets) || offsets.length !== 2)
      throw json(`gives tensor "${shown}" data_offsets that aren't two whole numbers`, where);
    infos.push({ name, dtype, shape, begin: offsets[0]!, end: offsets[1]! });
  }
  return infos;
}

function checkSize(info: TensorInfo, source: ByteSource): void {
  const where = `tensor ${printable(info.name)}`;
  let bits = 1n;
  for (const factor of [...info.shape, DTYPE_BITS[info.dtype]]) {
    bits *= BigInt(factor);
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
  if (bits / 8n !== BigInt(info.end) - BigInt(info.begin)) {
    throw fault(
      'safetensors-tensor-info',
      source,
      `gives tensor "${printable(info.name)}" ${info.end - info.begin} bytes, but ${info.dtype} of shape ${printableShape(info.shape)} takes ${bits / 8n}`,
      where,
    );
  }
}

/**
 * Whole numbers to 2^64 (2^64 − 1 is rounded up to it), as the reference's usize. Those over 2^53 are rounded, and
 * then fail as overflow or mismatch.
 */
function isCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item <= 2 ** 64)
  );
}

function fault(
  code: QKError['code'],
  source: ByteSource,
  what: string,
  where?: string,
  hint?: string,
  cause?: unknown,
): QKError {
  return new QKError(code, `${source.name} ${what}.`, {
    where: where === undefined ? source.name : `${source.name}, ${where}`,
    hint: hint ?? 'The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
    cause,
  });
}
