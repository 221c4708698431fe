// Checks the pages of a column before a library reads them: it believes every count in them, and loops as often.
import { snappyUncompress } from 'hyparquet';
import { readThrift, type ThriftFields } from './thriftFields.ts';

/** What the file's metadata says of a column's part in a row group. */
export interface ColumnPart {
  readonly codec: string;
  readonly isOptional: boolean;
  /** Rows of the group: no page has more values. */
  readonly rows: number;
  /** Bytes that one page may have once it is unpacked. */
  readonly maxBytes: number;
}

/** PageType and Encoding of parquet.thrift. */
const [DATA, DICTIONARY, DATA_V2] = [0, 2, 3];
const [PLAIN, PLAIN_DICTIONARY, DELTA, DELTA_LENGTHS, RLE_DICTIONARY, BYTE_STREAM_SPLIT] = [0, 2, 5, 6, 8, 9];
/** Of a block of deltas: writers make four or eight. */
const MAX_MINIBLOCKS = 1024;
/** A bit-packed run has whole groups of eight values, the last ones of which may be padding. */
const PADDING = 7;

/**
 * @param bytes of the column's pages, one after the other
 * @throws RangeError where a count in them goes beyond the group's rows or the page's bytes, or an encoding isn't one of those
 *   whose counts are checked
 */
export function checkPages(bytes: Uint8Array, part: ColumnPart): void {
  let [at, values] = [0, 0];
  // The last byte alone is no page: as the library has it.
  while (at < bytes.length - 1 && values < part.rows) {
    const { fields, end } = readThrift(bytes, at);
    const [type, unpacked, packed] = [1, 2, 3].map((field) => fields.numbers.get(field) ?? -1) as [
      number,
      number,
      number,
    ];
    within(unpacked, part.maxBytes);
    within(packed, bytes.length - end);
    at = end + packed;
    const page = bytes.subarray(end, at);
    if (type === DICTIONARY) {
      // A text has four bytes of length; no other value is shorter than one.
      within(numberIn(fields, 7, 1), unpacked);
      continue;
    }
    const count = numberIn(fields, type === DATA_V2 ? 8 : 5, 1);
    within(count, part.rows - values);
    values += count;
    if (type === DATA) checkData(unpack(page, unpacked, part.codec), count, numberIn(fields, 5, 2), part);
    else if (type === DATA_V2) checkDataV2(page, count, { fields, unpacked }, part);
    else throw new RangeError(`A page of type ${type}.`);
  }
}

function checkData(page: Uint8Array, count: number, encoding: number, { isOptional }: ColumnPart): void {
  let at = 0;
  if (isOptional) {
    const length = new DataView(page.buffer, page.byteOffset, page.length).getUint32(0, true);
    checkRuns(page.subarray(4), 1, count);
    at = 4 + within(length, page.length - 4);
  }
  checkValues(page.subarray(at), count, encoding);
}

function checkDataV2(
  page: Uint8Array,
  count: number,
  { fields, unpacked }: { readonly fields: ThriftFields; readonly unpacked: number },
  part: ColumnPart,
): void {
  within(numberIn(fields, 8, 2), count);
  within(numberIn(fields, 8, 3), count);
  const levels = within(numberIn(fields, 8, 5), page.length);
  within(numberIn(fields, 8, 6), 0);
  if (part.isOptional) checkRuns(page, 1, count);
  const isPacked = fields.structs.get(8)?.numbers.get(7) !== 0;
  const rest = page.subarray(levels);
  checkValues(
    isPacked ? unpack(rest, within(unpacked - levels, part.maxBytes), part.codec) : rest,
    count,
    numberIn(fields, 8, 4),
  );
}

function checkValues(values: Uint8Array, count: number, encoding: number): void {
  if (encoding === PLAIN || encoding === BYTE_STREAM_SPLIT) return;
  if (encoding === DELTA || encoding === DELTA_LENGTHS) {
    checkDeltas(values);
    return;
  }
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY)
    throw new RangeError(`Encoding ${encoding}.`);
  const [width = 0] = values;
  checkRuns(values.subarray(1), within(width, 32), count);
}

/** Runs of RLE and bit-packing (Encodings.md of Parquet, "RLE/Bit-Packing Hybrid"), until there are so many values or no bytes. */
function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  for (let at = 0, seen = 0; seen < count && at < bytes.length; ) {
    const { value: head, end } = varint(bytes, at);
    const isPacked = head % 2 === 1;
    const run = isPacked ? 8 * Math.floor(head / 2) : head / 2;
    seen += within(run, count + PADDING);
    at = end + (isPacked ? (run / 8) * width : Math.ceil(width / 8));
  }
}

/** Deltas begin with a block's size and the number of its parts; a list as long as that is made, and each part takes a byte. */
function checkDeltas(bytes: Uint8Array): void {
  within(varint(bytes, varint(bytes, 0).end).value, MAX_MINIBLOCKS);
}

function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = from; at < from + 5; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * 128 ** (at - from);
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new RangeError('A count of more than five bytes.');
}

function unpack(page: Uint8Array, length: number, codec: string): Uint8Array {
  if (codec === 'UNCOMPRESSED') return page;
  if (codec !== 'SNAPPY') throw new RangeError(`Compression ${codec}.`);
  const unpacked = new Uint8Array(length);
  snappyUncompress(page, unpacked);
  return unpacked;
}

const numberIn = (fields: ThriftFields, struct: number, field: number) =>
  fields.structs.get(struct)?.numbers.get(field) ?? -1;

function within(value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${value} where at most ${most} can be.`);
}
