// Edits of Parquet files where their numbers are: in the metadata at the end, its length, and in front of each page.
import { parquetMetadata } from 'hyparquet';
import { writeNumber } from './writeNumber.ts';

interface Inside {
  readonly pick: number;
  readonly value: bigint;
  readonly byte: number;
}

/** How many bytes of a column's start are taken for its first page's header. */
const PAGE_HEADER = 30;

/** Writes a byte, or a whole number of any size as Thrift's compact protocol does, into the metadata or a page's header. */
export function applyParquetEdit({ pick, value, byte }: Inside, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 12) return bytes;
  const end = bytes.length - 8;
  if (byte < 10) return writeNumber(bytes, end, { width: 4, isBig: false, value });
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(end);
  const begin = Math.max(0, end - length);
  const pages = byte % 3 === 0 ? pagesIn(bytes) : [];
  const page = pages[pick % (pages.length || 1)];
  const at = page === undefined ? begin + (pick % (end - begin || 1)) : page + (pick % PAGE_HEADER);
  if (at >= end) return bytes;
  if (byte < 130) {
    bytes[at] = Number(value & 255n);
    return bytes;
  }
  // What follows a number's last byte has no top bit.
  let after = at;
  while (after < end && bytes[after]! > 127) after++;
  const number = varint(2n * value);
  if (page !== undefined) {
    bytes.set(number.slice(0, end - at), at);
    return bytes;
  }
  const tail = bytes.slice(end);
  const grown = length + number.length - (after + 1 - at);
  return new Uint8Array(
    Buffer.concat([
      bytes.subarray(0, at),
      number,
      bytes.subarray(Math.min(end, after + 1), end),
      writeNumber(tail, 0, { width: 4, isBig: false, value: BigInt(Math.max(0, grown)) }),
    ]),
  );
}

/** Where the columns' first pages begin, as far as the metadata can still be read. */
function pagesIn(bytes: Uint8Array): readonly number[] {
  try {
    const { buffer } = bytes.slice();
    return parquetMetadata(buffer as ArrayBuffer).row_groups.flatMap(({ columns }) =>
      columns.map(({ meta_data: meta }) =>
        Number(meta?.dictionary_page_offset ?? meta?.data_page_offset ?? 0n),
      ),
    );
  } catch {
    // An edit before broke it.
    return [];
  }
}

/** A number in groups of seven bits, the lowest first. */
function varint(value: bigint): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  do {
    groups.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(groups);
}
