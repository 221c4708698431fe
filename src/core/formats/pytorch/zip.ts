// Finds the entries of a zip file by ranges, without downloading the file.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';

/**
 * The end record is in the last 64 KiB + 22 bytes; torch's has no comment, so that its directory mostly fits in too.
 */
const TAIL_BYTES = 128 * 1024;
/** Room for entries of 160 bytes each; real checkpoints have some hundreds. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
/** One entry per storage: twice as many as the tensors that a state dict may have. */
const MAX_ENTRIES = 400_000;
const END_RECORD = 0x06054b50;
const END_RECORD_64 = 0x06064b50;
const END_LOCATOR_64 = 0x07064b50;
const CENTRAL_HEADER = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** torch aligns the data of every record to this (caffe2/serialize/inline_container.h, kFieldAlignment). */
const TORCH_ALIGNMENT = 64;

export interface ZipEntry {
  readonly name: string;
  /** The compression method; 0 means stored as it is. */
  readonly method: number;
  readonly size: number;
  /** The start of its local header. */
  readonly header: number;
  readonly nameBytes: number;
  /** The start of the next record, or of the directory. */
  readonly limit: number;
}

export interface ZipFile {
  readonly entries: readonly ZipEntry[];
  /** Reads a range of the file, from bytes already at hand where possible. */
  read(begin: number, end: number): Promise<Uint8Array>;
  fetched(): number;
}

/**
 * Reads the directory of a zip file from its end by absolute ranges (APPNOTE.TXT, sections 4.3 and 4.5: zip64 too).
 * @throws QKError 'file-damaged'
 */
export async function openZip(source: ByteSource, signal?: AbortSignal): Promise<ZipFile> {
  let fetched = 0;
  const fetchRange = async (begin: number, end: number) => {
    const bytes = await source.read(begin, end, { signal });
    fetched += bytes.length;
    return bytes;
  };
  const tailBegin = Math.max(0, source.size - TAIL_BYTES);
  const tail = await fetchRange(tailBegin, source.size);
  const read = async (begin: number, end: number) => {
    if (begin < 0 || end > source.size || begin > end)
      throw damaged(source, `refers to bytes ${begin} to ${end}, but has only ${source.size} bytes`);
    return begin >= tailBegin ? tail.subarray(begin - tailBegin, end - tailBegin) : fetchRange(begin, end);
  };
  const { begin, end, count } = await findDirectory(source, tail, tailBegin, read);
  if (end - begin > MAX_DIRECTORY_BYTES || begin > end)
    throw damaged(source, `claims that its zip directory has ${end - begin} bytes`);
  if (count > MAX_ENTRIES) throw damaged(source, `claims that its zip directory has ${count} entries`);
  const entries = parseDirectory(source, await read(begin, end), count, begin);
  return { entries, read, fetched: () => fetched };
}

/**
 * Finds where the data of stored entries begins. Only a local header gives it for certain, since torch pads there, and
 * reading one for each of hundreds of tensors would take as many requests. So the first and the last header are read.
 * Where the data of both begins at a multiple of 64 and ends right before the next record's header, apart from the same
 * descriptor, the same holds for every other entry that this rule aligns (descriptors differ by 4 or 8 bytes, never by
 * 64). Any other entry is looked up.
 */
export async function locateData(
  source: ByteSource,
  zip: ZipFile,
  wanted: readonly ZipEntry[],
): Promise<Map<ZipEntry, number>> {
  const begins = new Map<ZipEntry, number>();
  const lookUp = async (entry: ZipEntry) => {
    const begin = await readLocalHeader(source, zip, entry);
    begins.set(entry, begin);
    return entry.limit - begin - entry.size;
  };
  const [first, last] = [wanted[0], wanted.at(-1)];
  if (first === undefined || last === undefined) return begins;
  const trailers = [await lookUp(first), await lookUp(last)];
  const isRegular =
    trailers[0] === trailers[1] && [first, last].every((entry) => begins.get(entry)! % TORCH_ALIGNMENT === 0);
  for (const entry of wanted) {
    if (begins.has(entry)) continue;
    const begin = entry.limit - trailers[0]! - entry.size;
    const isPlausible =
      isRegular &&
      begin % TORCH_ALIGNMENT === 0 &&
      begin >= entry.header + LOCAL_HEADER_BYTES + entry.nameBytes;
    if (isPlausible) begins.set(entry, begin);
    else await lookUp(entry);
  }
  return begins;
}

async function readLocalHeader(source: ByteSource, zip: ZipFile, entry: ZipEntry): Promise<number> {
  const bytes = await zip.read(entry.header, Math.min(source.size, entry.header + LOCAL_HEADER_BYTES));
  const view = viewOf(bytes);
  if (bytes.length < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_HEADER)
    throw damaged(
      source,
      `has nothing at byte ${entry.header}, where its zip directory places ${printable(entry.name)}`,
    );
  const begin = entry.header + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (begin + entry.size > entry.limit)
    throw damaged(source, `has an entry ${printable(entry.name)} that overlaps the one after it`);
  return begin;
}

async function findDirectory(
  source: ByteSource,
  tail: Uint8Array,
  tailBegin: number,
  read: (begin: number, end: number) => Promise<Uint8Array>,
) {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_RECORD || at + 22 + view.getUint16(at + 20, true) !== tail.length)
      continue;
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    if (at >= 20 && view.getUint32(at - 20, true) === END_LOCATOR_64) {
      const record = toNumber(source, view.getBigUint64(at - 12, true));
      const bytes = viewOf(await read(record, record + 56));
      if (bytes.byteLength < 56 || bytes.getUint32(0, true) !== END_RECORD_64)
        throw damaged(source, `has no zip64 record at byte ${record}`);
      const begin = toNumber(source, bytes.getBigUint64(48, true));
      const bigSize = toNumber(source, bytes.getBigUint64(40, true));
      return { begin, end: begin + bigSize, count: toNumber(source, bytes.getBigUint64(32, true)) };
    }
    return { begin: offset, end: offset + size, count };
  }
  throw damaged(
    source,
    `is cut off: it begins like a zip file, but has no zip directory at its end (in its last ${tail.length} bytes, from byte ${tailBegin} on)`,
  );
}

function parseDirectory(source: ByteSource, bytes: Uint8Array, count: number, limit: number): ZipEntry[] {
  const view = viewOf(bytes);
  const text = new TextDecoder();
  const parsed: Omit<ZipEntry, 'limit'>[] = [];
  let at = 0;
  while (parsed.length < count) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_HEADER)
      throw damaged(source, `has ${parsed.length} entries in its zip directory, which says ${count}`);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged(source, 'has a zip directory that ends in the middle of an entry');
    const name = text.decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    const [size, packed, header] = wideFields(source, extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const method = view.getUint16(at + 10, true);
    if (method === 0 && size !== packed)
      throw damaged(source, `gives ${printable(name)} two different sizes, ${size} and ${packed} bytes`);
    parsed.push({ name, method, size: size!, header: header!, nameBytes });
    at = next;
  }
  const starts = [...parsed.map(({ header }) => header), limit].sort((a, b) => a - b);
  const following = new Map(starts.map((start, index) => [start, starts[index + 1] ?? limit]));
  return parsed.map((entry) => {
    if (entry.header + LOCAL_HEADER_BYTES + entry.size > limit)
      throw damaged(source, `places ${printable(entry.name)} after the start of its zip directory`);
    return { ...entry, limit: following.get(entry.header)! };
  });
}

/** The zip64 extra (id 1) gives the fields of 0xFFFFFFFF, in this order. */
function wideFields(source: ByteSource, extra: Uint8Array, fields: readonly number[]): number[] {
  const view = viewOf(extra);
  let wide: { at: number; end: number } | null = null;
  for (let at = 0; at + 4 <= extra.length; ) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) wide = { at: at + 4, end: Math.min(extra.length, at + 4 + size) };
    at += 4 + size;
  }
  return fields.map((field) => {
    if (field !== 0xffffffff) return field;
    if (wide === null || wide.at + 8 > wide.end)
      throw damaged(source, 'lacks a 64-bit size that its zip directory refers to');
    const value = toNumber(source, view.getBigUint64(wide.at, true));
    wide = { ...wide, at: wide.at + 8 };
    return value;
  });
}

function toNumber(source: ByteSource, value: bigint): number {
  if (value > BigInt(source.size))
    throw damaged(source, `refers to byte ${value}, but has only ${source.size} bytes`);
  return Number(value);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(source: ByteSource, what: string): QKError {
  return new QKError('file-damaged', `${source.name} ${what}.`, {
    where: source.name,
    hint: 'The download may have stopped early. Download the file again.',
  });
}
