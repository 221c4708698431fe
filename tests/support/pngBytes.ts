// A writer and a reader of PNG files that share nothing with the page's: by Node's zlib.
import { crc32, deflateSync } from 'node:zlib';

export interface TestChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export function chunkBytes({ type, data }: TestChunk): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

/** A file of these chunks, as bytes of a memory of their own. */
export function pngOf(chunks: readonly TestChunk[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([SIGNATURE, ...chunks.map(chunkBytes)]));
}

/** The chunks up to IEND; throws where a length or a CRC is wrong. */
export function chunksOf(png: Uint8Array): TestChunk[] {
  const bytes = Buffer.from(png);
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG');
  const chunks: TestChunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const typed = bytes.subarray(at + 4, at + 8 + length);
    if (bytes.readUInt32BE(at + 8 + length) !== crc32(typed)) throw new Error('wrong CRC');
    chunks.push({ type: typed.toString('latin1', 0, 4), data: typed.subarray(4) });
    if (chunks.at(-1)!.type === 'IEND') return chunks;
    at += 12 + length;
  }
  throw new Error('no IEND');
}

/** A picture of one grey pixel. */
export const PIXEL: readonly TestChunk[] = [
  { type: 'IHDR', data: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0) },
  { type: 'sRGB', data: Uint8Array.of(0) },
  { type: 'IDAT', data: deflateSync(Buffer.from([0, 128])) },
  { type: 'IEND', data: new Uint8Array(0) },
];
