/** A picture of at most 256 colours, one byte a pixel, row by row from the top. */
export interface IndexedImage {
  readonly columns: number;
  readonly rows: number;
  /** "#rrggbb", at most 256. */
  readonly palette: readonly string[];
  /** Which colour of the palette, [rows · columns]. */
  readonly indices: Uint8Array;
}

/** The bytes of a colour "#rrggbb". */
export function bytesOf(colour: string): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

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
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette.flatMap(bytesOf))),
    chunk('IDAT', storedZlib(lines)),
    chunk('IEND', new Uint8Array(0)),
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
  return joined([...parts, sum]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) bytes[4 + index] = type.charCodeAt(index);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
