import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, type IndexedImage } from '../../../src/figures/indexedImage.ts';
import { encodePng, pngDataUrl } from '../../../src/figures/png.ts';

/** Chunks of a PNG by name; zlib's own crc32 checks each. */
function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8));
    expect(view.getUint32(at + 8 + length)).toBe(crcByTable(png.subarray(at + 4, at + 8 + length)));
    chunks.set(name, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

/** As the PNG specification's appendix D computes it, by table. */
function crcByTable(bytes: Uint8Array): number {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const images = fc
  .record({ columns: fc.integer({ min: 1, max: 70 }), rows: fc.integer({ min: 1, max: 40 }) })
  .chain(({ columns, rows }) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      palette: fc.constant(['#000000', '#12ab9f', '#ffffff']),
      indices: fc.uint8Array({ minLength: columns * rows, maxLength: columns * rows, max: 2 }),
    }),
  );

describe('encodePng', () => {
  it('gives back every pixel, through an inflater that is not ours', () => {
    fc.assert(
      fc.property(images, (image: IndexedImage) => {
        const png = encodePng(image);
        expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
        const chunks = chunksOf(png);
        expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
        const header = chunks.get('IHDR')!;
        const size = new DataView(header.buffer, header.byteOffset);
        expect([size.getUint32(0), size.getUint32(4)]).toEqual([image.columns, image.rows]);
        expect([...chunks.get('PLTE')!]).toEqual(image.palette.flatMap(bytesOf));
        const lines = inflateSync(chunks.get('IDAT')!);
        for (let row = 0; row < image.rows; row++) {
          const line = lines.subarray(row * (image.columns + 1), (row + 1) * (image.columns + 1));
          expect(line[0]).toBe(0);
          expect([...line.subarray(1)]).toEqual([
            ...image.indices.subarray(row * image.columns, (row + 1) * image.columns),
          ]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stores more than one block of 64 kB', () => {
    const indices = Uint8Array.from({ length: 300 * 300 }, (_, at) => at % 3);
    const png = encodePng({ columns: 300, rows: 300, palette: ['#000000', '#808080', '#ffffff'], indices });
    expect(inflateSync(chunksOf(png).get('IDAT')!)).toHaveLength(300 * 301);
  });

  it('encodes the same bytes as a data URL', () => {
    const image = { columns: 2, rows: 1, palette: ['#ff0000', '#0000ff'], indices: Uint8Array.of(0, 1) };
    const [kind, base64 = ''] = pngDataUrl(image).split(',');
    expect(kind).toBe('data:image/png;base64');
    expect([...Buffer.from(base64, 'base64')]).toEqual([...encodePng(image)]);
  });
});
