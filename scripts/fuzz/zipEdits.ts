// Edits of zip archives by their records, and of pickles by their opcodes.
import { crc32 } from 'node:zlib';
import { writeNumber } from './writeNumber.ts';

interface Inside {
  readonly pick: number;
  readonly value: bigint;
  readonly byte: number;
}

/** Signatures of a zip's records, and where their fields stand (APPNOTE 6.3.10, 4.3): offset and width. */
const RECORDS: readonly {
  readonly signature: number;
  readonly fields: readonly (readonly [number, number])[];
}[] = [
  {
    signature: 0x04034b50,
    fields: [
      [4, 2],
      [6, 2],
      [8, 2],
      [14, 4],
      [18, 4],
      [22, 4],
      [26, 2],
      [28, 2],
    ],
  },
  {
    signature: 0x02014b50,
    fields: [
      [8, 2],
      [10, 2],
      [16, 4],
      [20, 4],
      [24, 4],
      [28, 2],
      [30, 2],
      [32, 2],
      [34, 2],
      [42, 4],
    ],
  },
  {
    signature: 0x06054b50,
    fields: [
      [4, 2],
      [8, 2],
      [10, 2],
      [12, 4],
      [16, 4],
      [20, 2],
    ],
  },
  {
    signature: 0x06064b50,
    fields: [
      [4, 8],
      [24, 8],
      [32, 8],
      [40, 8],
      [48, 8],
    ],
  },
  {
    signature: 0x07064b50,
    fields: [
      [4, 4],
      [8, 8],
      [16, 4],
    ],
  },
];

/** Writes a number into a field of one of the records; bytes without any stay as they are. */
export function applyZipEdit({ pick, value }: Inside, bytes: Uint8Array): Uint8Array {
  const fields = fieldsIn(bytes);
  if (fields.length === 0) return bytes;
  const { at, width } = fields[pick % fields.length]!;
  return writeNumber(bytes, at, { width, isBig: false, value });
}

function fieldsIn(bytes: Uint8Array): { at: number; width: number }[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return RECORDS.flatMap(({ signature, fields }) => {
    const mark = Buffer.alloc(4);
    mark.writeUInt32LE(signature);
    const found: { at: number; width: number }[] = [];
    for (let at = view.indexOf(mark); at >= 0 && found.length < 2000; at = view.indexOf(mark, at + 4))
      for (const [offset, width] of fields)
        if (at + offset + width <= bytes.length) found.push({ at: at + offset, width });
    return found;
  });
}

/** Bytes that mean something to an unpickler (pickletools). */
const OPCODES = [
  ...'(.012FIJKLMNPQRSTUVX]abcdeghijlopqrstu}BC\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x92\x93\x94\x95',
].map((char) => char.charCodeAt(0));

/** Writes an opcode, or an argument, somewhere into the pickle of an archive or of a legacy file. */
export function applyPickleEdit({ pick, value, byte }: Inside, bytes: Uint8Array): Uint8Array {
  const entry = pickleIn(bytes);
  if (entry === null || entry.end <= entry.begin) return bytes;
  const at = entry.begin + (pick % (entry.end - entry.begin));
  if (byte < 170) bytes[at] = OPCODES[byte % OPCODES.length]!;
  else writeNumber(bytes.subarray(0, entry.end), at, { width: byte < 210 ? 1 : 4, isBig: false, value });
  // A wrong sum would be all that a reader sees.
  if (entry.sums.length > 0) {
    const sum = crc32(bytes.subarray(entry.begin, entry.end));
    for (const place of entry.sums) writeNumber(bytes, place, { width: 4, isBig: false, value: BigInt(sum) });
  }
  return bytes;
}

/** Where the pickle lies: data.pkl of an archive, with the places of its sum; or the first kilobytes of a legacy file. */
function pickleIn(bytes: Uint8Array): { begin: number; end: number; sums: readonly number[] } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0x80) return { begin: 0, end: Math.min(bytes.length, 8000), sums: [] };
  const central = Buffer.from('PK\x01\x02', 'latin1');
  for (
    let at = view.indexOf(central);
    at >= 0 && at + 46 < bytes.length;
    at = view.indexOf(central, at + 4)
  ) {
    const name = view.toString('latin1', at + 46, at + 46 + view.readUInt16LE(at + 28));
    if (!name.endsWith('data.pkl')) continue;
    const local = view.readUInt32LE(at + 42);
    if (local + 30 > bytes.length) return null;
    const begin = local + 30 + view.readUInt16LE(local + 26) + view.readUInt16LE(local + 28);
    return { begin, end: Math.min(bytes.length, begin + view.readUInt32LE(at + 24)), sums: [at + 16] };
  }
  return null;
}
