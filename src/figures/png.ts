import { joinBytes } from '../core/joinBytes.ts';
import { PNG_SIGNATURE, pngChunk } from '../core/pngChunk.ts';
import { bytesOf, type IndexedImage } from './indexedImage.ts';

/**
 * A picture as a PNG file (ISO/IEC 15948): indexed colour, eight bits a pixel, its rows stored without compression, which keeps this
 * small and needs nothing from the platform. 128 × 128 pixels take 17 kB.
 */
export function encodePng({ columns, rows, palette, indices }: IndexedImage): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, 3, 0, 0, 0], 8); // Bits, indexed colour, deflate, no filter method but 0, not interlaced.
  const lines = new Uint8Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    // Each line begins with its filter: 0, none.
    lines.set(indices.subarray(row * columns, (row + 1) * columns), row * (columns + 1) + 1);
  }
  return joinBytes([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('PLTE', Uint8Array.from(palette.flatMap(bytesOf))),
    pngChunk('IDAT', storedZlib(lines)),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** The PNG as a data URL, which an <image> takes. */
export function pngDataUrl(image: IndexedImage): string {
  let text = '';
  for (const byte of encodePng(image)) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
}

/** Longest piece of a stored block (RFC 1951 §3.2.4). */
const BLOCK = 0xffff;

/** A zlib stream (RFC 1950) of stored blocks. */
function storedZlib(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const piece = bytes.subarray(from, from + BLOCK);
    const { length } = piece;
    const isLast = from + length >= bytes.length;
    const [low, high] = [length & 255, length >> 8];
    parts.push(Uint8Array.of(isLast ? 1 : 0, low, high, low ^ 255, high ^ 255), piece);
  }
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, adler32(bytes));
  return joinBytes([...parts, sum]);
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
