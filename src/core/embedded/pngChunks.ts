// The chunks of a PNG file, one after the other (ISO/IEC 15948, §5.3).
import { CHUNK_FRAME, crc32, PNG_SIGNATURE } from '../pngChunk.ts';
import { printable } from '../printable.ts';
import { damaged } from './refusals.ts';

/** A chunk in its place: views of the file's bytes, nothing is copied. */
export interface PngChunk {
  /** Four letters: "IHDR". */
  readonly type: string;
  readonly data: Uint8Array<ArrayBuffer>;
  /** The whole chunk: length, type, data, CRC. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Returns whether these bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/**
 * Lists a PNG's chunks to IEND. What follows it isn't looked at: some services append bytes of their own.
 * @throws QKError 'file-damaged' where a chunk doesn't fit in the file, IHDR isn't first, or IEND is missing
 */
export function pngChunks(png: Uint8Array<ArrayBuffer>, file: string): PngChunk[] {
  if (!isPng(png)) throw damaged(file, 'it doesn’t begin as a PNG');
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: PngChunk[] = [];
  for (let start = PNG_SIGNATURE.length; start + CHUNK_FRAME <= png.length; ) {
    const length = view.getUint32(start);
    const type = String.fromCharCode(...png.subarray(start + 4, start + 8));
    if (!/^[A-Za-z]{4}$/.test(type))
      throw damaged(file, `at byte ${start} stands “${printable(type)}”, which is no type of chunk`);
    if (length > png.length - start - CHUNK_FRAME)
      throw damaged(file, `its chunk ${type} at byte ${start} would end after the file does`);
    if (chunks.length === 0 && type !== 'IHDR') throw damaged(file, `it begins with ${type}, not with IHDR`);
    const end = start + CHUNK_FRAME + length;
    chunks.push({ type, data: png.subarray(start + 8, end - 4), bytes: png.subarray(start, end) });
    if (type === 'IEND') return chunks;
    start = end;
  }
  throw damaged(file, 'it ends before its last chunk');
}

/** Returns whether a chunk is as it was written, by its CRC. */
export function isIntact({ bytes }: PngChunk): boolean {
  const end = bytes.length - 4;
  const written = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0);
  return crc32(bytes.subarray(4, end)) === written;
}
